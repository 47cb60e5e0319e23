package ch.tocco.lomigrate.benchmarks.results;

import java.util.List;

/**
 * What further processes bring where the store takes long: the same objects by one process, and by shards side by side.
 *
 * @param description what was migrated
 * @param limitOfOne objects a second at which the store answers one process: its PUTs in flight, over the time of an answer
 * @param runs by how many shards, and what it took
 */
public record Shards(String description, double limitOfOne, List<Together> runs) {
    /**
     * Shards at the same time.
     *
     * @param shards how many; one is a run over all rows
     * @param objects of all of them
     * @param largest of the shard that had the most
     * @param seconds from the start of the first process to the end of the last one
     * @param cpuSeconds of all processes
     */
    public record Together(int shards, int objects, int largest, double seconds, double cpuSeconds) {
        /** Objects per second, the start of the processes included. */
        public double rate() {
            return objects / seconds;
        }

        public double cpuMicros() {
            return cpuSeconds * 1e6 / objects;
        }
    }
}
