package ch.tocco.lomigrate.benchmarks.results;

import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Objects per second of each step alone, with both cores for itself.
 *
 * @param readPages pages of {@code pg_largeobject} by COPY
 * @param readBatches batches of {@code lo_get}, as the tool reads
 * @param hash SHA-1 and SHA-256
 * @param putRaw bytes made before, written to sockets
 * @param putSdk the SDK's S3 client at its best
 * @param putTool the tool's own PUTs
 * @param commit one statement per 1000 rows
 */
public record Limits(
        double readPages,
        double readBatches,
        double hash,
        double putRaw,
        double putSdk,
        double putTool,
        double commit) {
    /** Of each step the median of all rounds; empty of none. */
    public static Optional<Limits> median(List<Limits> rounds) {
        return rounds.isEmpty()
                ? Optional.empty()
                : Optional.of(new Limits(
                        median(rounds, Limits::readPages),
                        median(rounds, Limits::readBatches),
                        median(rounds, Limits::hash),
                        median(rounds, Limits::putRaw),
                        median(rounds, Limits::putSdk),
                        median(rounds, Limits::putTool),
                        median(rounds, Limits::commit)));
    }

    private static double median(List<Limits> rounds, ToDoubleFunction<Limits> step) {
        return Run.median(rounds.stream().mapToDouble(step).toArray());
    }

    /** All steps after each other, the rawest way of each. */
    public double raw() {
        return 1 / (1 / readPages + 1 / hash + 1 / putRaw + 1 / commit);
    }

    /** The same with batches of {@code lo_get} and the SDK's S3 client. */
    public double practical() {
        return 1 / (1 / readBatches + 1 / hash + 1 / putSdk + 1 / commit);
    }

    /** The same with the tool's own PUTs: what the pipeline itself costs is what is missing to it. */
    public double own() {
        return 1 / (1 / readBatches + 1 / hash + 1 / putTool + 1 / commit);
    }
}
