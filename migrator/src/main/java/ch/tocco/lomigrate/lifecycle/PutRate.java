package ch.tocco.lomigrate.lifecycle;

import java.time.Duration;

/**
 * How many PUTs may begin in a second, and how many bytes they may have. What begins is owed: the next PUT waits until that
 * is paid off at the allowed rate, so that a body of any size passes and the average holds. Nothing is saved up for longer
 * than a tenth of a second. A leaky bucket with debt, in two additions: a library's buckets bound a single body by their own
 * size. Not thread-safe: {@link Gate} guards it.
 */
final class PutRate {
    private static final long BURST_NANOS = Duration.ofMillis(100).toNanos();
    private static final double NANOS = 1e9;

    private final double putsPerSecond;
    private double bytesPerSecond = Double.POSITIVE_INFINITY;

    /** When all that has begun is paid off, for a rate of PUTs and one of bytes; in the terms of nanoTime. */
    private long putsPaid;

    private long bytesPaid;

    /** @param putsPerSecond infinity: any number */
    PutRate(double putsPerSecond, long now) {
        this.putsPerSecond = putsPerSecond;
        this.putsPaid = now;
        this.bytesPaid = now;
    }

    /** @param bytes a second from now on; infinity: any number. What is owed is paid off at the new rate. */
    void bytesPerSecond(double bytes, long now) {
        double owed = Double.isInfinite(bytesPerSecond) ? 0 : Math.max(0, bytesPaid - now) / NANOS * bytesPerSecond;
        bytesPerSecond = bytes;
        bytesPaid = now + (long) (owed / bytes * NANOS);
    }

    /** Whether it bounds anything. */
    boolean bounds() {
        return !Double.isInfinite(putsPerSecond) || !Double.isInfinite(bytesPerSecond);
    }

    /** Nanoseconds until a PUT may begin; 0 or less: it may now. */
    long waitNanos(long now) {
        return Math.max(putsPaid - now, bytesPaid - now);
    }

    /** A PUT begins. */
    void begun(long puts, long bytes, long now) {
        putsPaid = Math.max(putsPaid, now - BURST_NANOS) + (long) (puts / putsPerSecond * NANOS);
        bytesPaid = Math.max(bytesPaid, now - BURST_NANOS) + (long) (bytes / bytesPerSecond * NANOS);
    }
}
