package ch.tocco.lomigrate.benchmarks.results;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * One migration.
 *
 * @param objects how many were migrated
 * @param seconds from start to end of the process
 * @param cpuSeconds user and system time of the process
 * @param firstPut seconds from the start of the process to the first object in the store
 * @param peakMib largest resident set
 * @param timeline how it went
 * @param threads CPU seconds by what the threads were for; empty where that was not looked at
 */
public record Run(
        int objects,
        double seconds,
        double cpuSeconds,
        double firstPut,
        double peakMib,
        Timeline timeline,
        Map<String, Double> threads) {
    /** The file may be from before threads were looked at. */
    public Run {
        threads = threads == null ? Map.of() : Map.copyOf(threads);
    }

    /** Objects per second of the whole process, its start included. */
    public double rate() {
        return objects / seconds;
    }

    /** Objects per second from the first one in the store on. */
    public double rateAfterStart() {
        return objects / (seconds - firstPut);
    }

    /** Client CPU time per object, the start of the process included. */
    public double cpuMicros() {
        return cpuSeconds * 1e6 / objects;
    }

    /** Which share of the client's CPU time the threads of one kind took, in percent. */
    public double threadsPercent(String kind) {
        return 100 * threads.getOrDefault(kind, 0.0) / cpuSeconds;
    }

    /** The same for a file, where only its figures are of interest. */
    public Run withoutTimeline() {
        return new Run(objects, seconds, cpuSeconds, firstPut, peakMib, new Timeline(), Map.of());
    }

    /** Of what each run has of {@code value}. */
    public static double median(List<Run> runs, ToDoubleFunction<Run> value) {
        return median(runs.stream().mapToDouble(value).toArray());
    }

    /** The middle one, or the mean of both. */
    public static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
