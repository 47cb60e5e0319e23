package ch.tocco.lomigrate.books;

import ch.tocco.lomigrate.lo.LoFailure;

/** Receives every object that has failed for good. Thread-safe. */
@FunctionalInterface
public interface FailureReport {
    /**
     * One more object.
     *
     * @param attempts how often it was tried, from 1
     */
    void failed(LoFailure failure, int attempts);

    /** A report that ends with the run. */
    interface Closeable extends FailureReport, AutoCloseable {
        @Override
        void close();
    }

    /** A report that keeps nothing. */
    Closeable NONE = new Closeable() {
        @Override
        public void failed(LoFailure failure, int attempts) {}

        @Override
        public void close() {}
    };
}
