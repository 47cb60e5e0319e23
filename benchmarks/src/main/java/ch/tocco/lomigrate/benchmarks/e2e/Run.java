package ch.tocco.lomigrate.benchmarks.e2e;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One migration.
 *
 * @param objects how many were migrated
 * @param usage what it took
 * @param firstPut seconds from the start of the process to the first object in the store
 */
record Run(int objects, ProcessMeter.Usage usage, double firstPut) {
    /** Objects per second of the whole process, its start included. */
    double rate() {
        return objects / usage.seconds();
    }

    /** Objects per second from the first one in the store on. */
    double rateAfterStart() {
        return objects / (usage.seconds() - firstPut);
    }

    /** Client CPU time per object, the start of the process included. */
    double cpuMicros() {
        return usage.cpuSeconds() * 1e6 / objects;
    }

    double peakMib() {
        return usage.peakKib() / 1024.0;
    }

    Timeline timeline() {
        return usage.timeline();
    }

    static double median(List<Run> runs, ToDoubleFunction<Run> value) {
        return median(runs.stream().mapToDouble(value).toArray());
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
