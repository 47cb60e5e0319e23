package ch.tocco.lomigrate.benchmarks.results;

import java.util.List;

/**
 * One long run, seen from outside.
 *
 * @param description what was migrated
 * @param objects how many
 * @param seconds from start to end of the process
 * @param samples what it took, in the order of time
 */
public record Soak(String description, int objects, double seconds, List<Sample> samples) {
    /**
     * What the process took at one moment.
     *
     * @param seconds since its start
     * @param rssMib resident set
     * @param files open ones
     * @param connections to the database
     */
    public record Sample(long seconds, long rssMib, long threads, long files, long connections) {}

    /** Objects per second, the start of the process included. */
    public double rate() {
        return objects / seconds;
    }
}
