package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Sizes and counts that change how fast a run is and how much it takes, never what it does.
 *
 * @param receiverQueue slots of the ring before the receivers, a power of two
 * @param storerQueue slots of the ring before the storers, a power of two
 * @param committerQueue slots of the ring before the committers, a power of two
 * @param receiverThreads receivers, each with a connection of its own
 * @param storerThreads PUTs in flight at once
 * @param committerThreads committers, each with a connection of its own
 * @param commitChunk hashes per transaction
 * @param inMemMax largest object, in bytes, that is kept in memory (inclusive); larger ones go through a spill file
 * @param memoryBudget bytes of objects in memory at any moment
 * @param spillDir directory below which the spill files go
 * @param spillBudget bytes of spill files at any moment; empty: {@value #SPILL_SHARE_PERCENT} % of what is free at the
 *     start
 */
public record TuningConfig(
        int receiverQueue,
        int storerQueue,
        int committerQueue,
        int receiverThreads,
        int storerThreads,
        int committerThreads,
        int commitChunk,
        long inMemMax,
        long memoryBudget,
        Path spillDir,
        OptionalLong spillBudget) {
    public static final int DEFAULT_RECEIVER_QUEUE = 8192;
    public static final int DEFAULT_STORER_QUEUE = 1024;
    public static final int DEFAULT_COMMITTER_QUEUE = 8192;
    public static final int DEFAULT_RECEIVER_THREADS = 2;
    public static final int DEFAULT_STORER_THREADS = 128;
    public static final int DEFAULT_COMMITTER_THREADS = 2;
    public static final int DEFAULT_COMMIT_CHUNK = 500;
    public static final long DEFAULT_IN_MEM_MAX = 1L << 20;
    public static final long DEFAULT_MEMORY_BUDGET = 96L << 20;
    public static final int SPILL_SHARE_PERCENT = 80;

    /** Slots are preallocated, so a ring of more than a million is a typing error. */
    public static final int MAX_QUEUE = 1 << 20;

    public static final int MAX_THREADS = 4096;
    public static final int MAX_COMMIT_CHUNK = 100_000;

    /** Objects up to this size are read as one value, which PostgreSQL makes of less than 1 GiB only (MaxAllocSize). */
    public static final long MAX_IN_MEM_MAX = 1023L << 20;

    public TuningConfig {
        requireRing(receiverQueue);
        requireRing(storerQueue);
        requireRing(committerQueue);
        requireWithin(receiverThreads, MAX_THREADS);
        requireWithin(storerThreads, MAX_THREADS);
        requireWithin(committerThreads, MAX_THREADS);
        requireWithin(commitChunk, MAX_COMMIT_CHUNK);
        if (inMemMax < 0 || inMemMax > MAX_IN_MEM_MAX || memoryBudget < 1) {
            throw new IllegalArgumentException("in-mem-max " + inMemMax + ", memory budget " + memoryBudget);
        }
        requireNonNull(spillDir);
        requireNonNull(spillBudget);
    }

    private static void requireRing(int size) {
        requireWithin(size, MAX_QUEUE);
        if (Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("no power of two: " + size);
        }
    }

    private static void requireWithin(int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException("not between 1 and " + max + ": " + value);
        }
    }
}
