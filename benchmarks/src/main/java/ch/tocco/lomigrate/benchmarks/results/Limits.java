package ch.tocco.lomigrate.benchmarks.results;

/**
 * Objects per second of each step alone, with both cores for itself.
 *
 * @param readPages pages of {@code pg_largeobject} by COPY
 * @param readBatches batches of {@code lo_get}, as the tool reads
 * @param hash SHA-1 and SHA-256
 * @param putRaw bytes made before, written to sockets
 * @param putSdk the tool's S3 client
 * @param commit one statement per 1000 rows
 */
public record Limits(double readPages, double readBatches, double hash, double putRaw, double putSdk, double commit) {
    /** All steps after each other, the rawest way of each. */
    public double raw() {
        return 1 / (1 / readPages + 1 / hash + 1 / putRaw + 1 / commit);
    }

    /** The same with batches of {@code lo_get} and the SDK. */
    public double practical() {
        return 1 / (1 / readBatches + 1 / hash + 1 / putSdk + 1 / commit);
    }
}
