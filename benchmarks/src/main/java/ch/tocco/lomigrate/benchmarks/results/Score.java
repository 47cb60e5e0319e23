package ch.tocco.lomigrate.benchmarks.results;

import java.util.List;
import java.util.Optional;

/**
 * What one benchmark took with one set of parameters.
 *
 * @param benchmark name of its method
 * @param parameters name and value of each, or empty
 * @param time per operation
 * @param error half of the 99.9 % confidence interval; empty: too few iterations
 * @param unit of both
 * @param cpuMicros CPU time of the measuring process per operation; empty: not measured
 * @param baseline what the others of its class are compared with
 */
public record Score(
        String benchmark,
        String parameters,
        double time,
        Optional<Double> error,
        String unit,
        Optional<Double> cpuMicros,
        boolean baseline) {
    /** How many times as fast as the baseline with the same parameters, if that was measured. */
    public Optional<Double> speed(List<Score> ofClass) {
        return ofClass.stream()
                .filter(other -> other.baseline() && other.parameters().equals(parameters))
                .map(other -> other.time() / time)
                .findFirst();
    }
}
