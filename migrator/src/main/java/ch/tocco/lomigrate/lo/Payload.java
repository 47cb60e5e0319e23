package ch.tocco.lomigrate.lo;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The bytes of one object between receiver and storer, in memory or in a spill file, with the budget that they were
 * taken from. The holder of a payload closes it; only the first {@link #close} does anything, so bytes go back to the
 * budget exactly once.
 */
public sealed interface Payload extends AutoCloseable {
    /** Length of the object in bytes. */
    long size();

    /** Frees the bytes: gives them back to the budget, deletes the spill file. Never throws. */
    @Override
    void close();

    /** An object that is kept in memory. The array is not copied: do not write to it. */
    final class InMemory implements Payload {
        private final byte[] bytes;
        private final ByteBudget budget;
        private final long taken;
        private final AtomicBoolean closed = new AtomicBoolean();

        /**
         * Wraps what was read.
         *
         * @param taken bytes that were taken from {@code budget} for this object
         */
        public InMemory(byte[] bytes, ByteBudget budget, long taken) {
            this.bytes = requireNonNull(bytes);
            this.budget = requireNonNull(budget);
            this.taken = taken;
        }

        public byte[] bytes() {
            return bytes;
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                budget.giveBack(taken);
            }
        }
    }

    /** An object in a file of the spill directory. */
    final class SpillFile implements Payload {
        private final Path file;
        private final long size;
        private final Optional<HashedParts> parts;
        private final Runnable release;
        private final AtomicBoolean closed = new AtomicBoolean();

        /**
         * Wraps a file that is complete.
         *
         * @param parts that it is to be uploaded in; empty: in one request
         * @param release deletes the file and gives its bytes back; run once
         */
        public SpillFile(Path file, long size, Optional<HashedParts> parts, Runnable release) {
            this.file = requireNonNull(file);
            this.size = size;
            this.parts = requireNonNull(parts);
            this.release = requireNonNull(release);
        }

        /** The parts to upload it in; empty: it goes in one request. */
        public Optional<HashedParts> parts() {
            return parts;
        }

        public Path file() {
            return file;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                release.run();
            }
        }
    }
}
