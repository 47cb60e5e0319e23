package ch.tocco.lomigrate.committer;

import java.time.Duration;

/**
 * How many rows one transaction writes: as many as take {@value #AIM_MILLIS} ms, so that a slow database holds no locks for
 * long and its standbys get short transactions to replay. Begins with the most that the user allows. One slow commit halves it at
 * most, as it may have waited for something else; it doubles again when full chunks are quick. Not thread-safe.
 */
final class ChunkSize {
    static final long AIM_MILLIS = 200;

    /** What one round trip is worth, however slow. */
    private static final int LEAST = 10;

    private static final long AIM = Duration.ofMillis(AIM_MILLIS).toNanos();

    private final int least;
    private final int most;
    private int now;

    /** @param most rows that a transaction may write, at least 1 */
    ChunkSize(int most) {
        this.most = most;
        this.least = Math.min(LEAST, most);
        this.now = most;
    }

    /** Rows of the next transaction. */
    int now() {
        return now;
    }

    /** A transaction wrote so many rows in so long. */
    void took(int rows, long nanos) {
        if (nanos > AIM) {
            long fitting = (long) ((double) rows * AIM / nanos);
            now = (int) Math.max(least, Math.min(now, Math.max(now / 2, fitting)));
        } else if (rows >= now && nanos < AIM / 2) {
            now = Math.min(most, 2 * now);
        }
    }
}
