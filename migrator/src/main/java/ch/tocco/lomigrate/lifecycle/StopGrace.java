package ch.tocco.lomigrate.lifecycle;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends later than the run: what is under way then still has so much time. A run that ends at a limit gives it all the time
 * that it needs. Thread-safe.
 */
public final class StopGrace implements RunEnd {
    private final Duration grace;
    private final Listeners listeners = new Listeners();
    private volatile boolean over;

    public StopGrace(RunControl control, Duration grace) {
        this.grace = grace;
        control.urgentEnd().onEnd(this::begin);
    }

    private void begin() {
        if (grace.isZero()) {
            end();
            return;
        }
        try {
            CompletableFuture.delayedExecutor(grace.toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
                    .execute(this::end);
        } catch (Throwable e) {
            end(); // without a clock nothing would ever be given up
            throw e;
        }
    }

    private void end() {
        over = true;
        listeners.tell();
    }

    /** True once the run has ended and the time is up: cancel what is under way. */
    @Override
    public boolean ended() {
        return over;
    }

    @Override
    public Registration onEnd(Runnable listener) {
        Registration registration = listeners.add(listener);
        if (over) {
            listeners.tell();
        }
        return registration;
    }
}
