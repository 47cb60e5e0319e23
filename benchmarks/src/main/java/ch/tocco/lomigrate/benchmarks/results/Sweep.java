package ch.tocco.lomigrate.benchmarks.results;

import java.util.List;

/**
 * The tool with a range of sizes, or of values of one flag.
 *
 * @param points one for each value, in their order
 */
public record Sweep(List<Point> points) {
    /**
     * The tool with one value.
     *
     * @param value the flag's, or the size in KiB
     * @param objectBytes size of each object
     * @param rates objects per second from the first object in the store on, of each round
     */
    public record Point(int value, int objectBytes, List<Double> rates) {
        /** The median. */
        public double rate() {
            return Run.median(rates.stream().mapToDouble(Double::doubleValue).toArray());
        }

        /** MiB per second at that rate. */
        public double mib() {
            return rate() * objectBytes / (1 << 20);
        }
    }
}
