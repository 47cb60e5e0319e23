package ch.tocco.lomigrate.benchmarks.results;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What was seen of a process and of its store while it ran, a few times a second. Kept in a file with fewer samples: what
 * needs all of them is to be asked for before.
 */
public final class Timeline {
    /** That a file keeps. */
    private static final int KEPT = 60;

    private final List<Sample> samples = new ArrayList<>();

    /**
     * What was seen at one moment.
     *
     * @param seconds since the start of the process
     * @param small objects in the store that came by one PUT
     * @param giants objects in the store that came in parts
     * @param cpuSeconds of the process so far
     * @param rssKib resident set
     */
    public record Sample(double seconds, long small, long giants, double cpuSeconds, long rssKib) {}

    public void add(Sample sample) {
        samples.add(sample);
    }

    public List<Sample> samples() {
        return List.copyOf(samples);
    }

    /** Evenly chosen samples, the last one among them, each as an array of its components. */
    @JsonValue
    double[][] kept() {
        int count = Math.min(KEPT, samples.size());
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> samples.get((int) ((long) i * samples.size() / count) - 1))
                .map(sample -> new double[] {
                    Math.round(sample.seconds() * 1e3) / 1e3,
                    sample.small(),
                    sample.giants(),
                    sample.cpuSeconds(),
                    sample.rssKib()
                })
                .toArray(double[][]::new);
    }

    /** The opposite of {@link #kept}. */
    @JsonCreator
    static Timeline of(double[][] kept) {
        Timeline timeline = new Timeline();
        for (double[] sample : kept) {
            timeline.add(new Sample(sample[0], (long) sample[1], (long) sample[2], sample[3], (long) sample[4]));
        }
        return timeline;
    }

    /** Seconds from the start of the process until so many small objects were stored. */
    double secondsAt(double small) {
        return at(small, Sample::seconds);
    }

    /** CPU seconds until so many small objects were stored. */
    double cpuAt(double small) {
        return at(small, Sample::cpuSeconds);
    }

    /** In between samples as if it had gone evenly. */
    private double at(double small, ToDoubleFunction<Sample> value) {
        Sample before = new Sample(0, 0, 0, 0, 0);
        for (Sample sample : samples) {
            if (sample.small() >= small) {
                double share = sample.small() == before.small()
                        ? 1
                        : (small - before.small()) / (sample.small() - before.small());
                return value.applyAsDouble(before) * (1 - share) + value.applyAsDouble(sample) * share;
            }
            before = sample;
        }
        return value.applyAsDouble(before);
    }

    /** Small objects that were stored when the last of so many giants was. */
    long smallWhenGiantsDone(int giants) {
        for (Sample sample : samples) {
            if (sample.giants() >= giants) {
                return sample.small();
            }
        }
        return samples.get(samples.size() - 1).small();
    }

    /** Longest time in seconds without a small object, between the first one and the {@code last}th. */
    double longestPause(long last) {
        double longest = 0;
        Sample progress = null;
        for (Sample sample : samples) {
            if (progress != null && progress.small() >= last) {
                break;
            }
            if (progress != null) {
                longest = Math.max(longest, sample.seconds() - progress.seconds());
            }
            if (sample.small() > (progress == null ? 0 : progress.small())) {
                progress = sample;
            }
        }
        return longest;
    }

    /** Resident set in MiB when this share of the time was over. */
    public double rssMib(double share) {
        // A process that ends has none any more.
        List<Sample> alive =
                samples.stream().filter(sample -> sample.rssKib() > 0).toList();
        if (alive.isEmpty()) {
            return 0;
        }
        int index = (int) Math.min(alive.size() - 1, Math.floor(share * alive.size()));
        return alive.get(index).rssKib() / 1024.0;
    }
}
