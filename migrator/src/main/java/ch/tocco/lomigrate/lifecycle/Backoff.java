package ch.tocco.lomigrate.lifecycle;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses between tries: exponential with full jitter, so that those who fail together do not come back together. */
public final class Backoff {
    private static final long FIRST_NANOS = Duration.ofMillis(100).toNanos();
    private static final long MAX_NANOS = Duration.ofSeconds(30).toNanos();

    private Backoff() {}

    /**
     * A pause of 1 ms to 100 ms after the first failure; after each further one the longest doubles, up to 30 s.
     *
     * @param failures in a row, from 1
     */
    public static long nanos(int failures) {
        long bound = Math.min(MAX_NANOS, FIRST_NANOS << Math.min(failures - 1, 20));
        return ThreadLocalRandom.current().nextLong(1_000_000, bound);
    }
}
