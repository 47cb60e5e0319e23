package ch.tocco.lomigrate.lifecycle;

import java.time.Duration;

/** Counts the time that requests under way still have once the run has ended. Thread-safe. */
public final class StopGrace {
    private final long nanos;
    private volatile long endedAt;
    private volatile boolean ended;

    public StopGrace(RunControl control, Duration grace) {
        this.nanos = grace.toNanos();
        control.onEnd(() -> {
            endedAt = System.nanoTime();
            ended = true;
        });
    }

    /** True once the run has ended and the time is up: cancel what is under way. */
    public boolean isOver() {
        return ended && System.nanoTime() - endedAt >= nanos;
    }
}
