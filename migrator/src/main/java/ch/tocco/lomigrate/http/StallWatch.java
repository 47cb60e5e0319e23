package ch.tocco.lomigrate.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends exchanges on which nothing moves any more, within a second. The HTTP client can watch over them too, but it looks at
 * each connection each second and spins for a part of a millisecond before, which costs more than the PUTs where a store is slow.
 * Thread-safe.
 */
final class StallWatch implements AutoCloseable {
    private static final long LOOK_SECONDS = 1;

    private final Set<Exchange<?>> underWay = ConcurrentHashMap.newKeySet();
    private final Duration most;
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "stall-watch");
        thread.setDaemon(true);
        return thread;
    });

    /** @param most how long nothing may move */
    StallWatch(Duration most) {
        this.most = most;
        ScheduledFuture<?> unused =
                looking.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /** From now on it is looked at. */
    void begun(Exchange<?> exchange) {
        underWay.add(exchange);
    }

    /** From now on it is not. Also for one that was never begun. */
    void ended(Exchange<?> exchange) {
        underWay.remove(exchange);
    }

    private void look() {
        long now = System.nanoTime();
        for (Exchange<?> exchange : underWay) {
            if (now - exchange.lastMoved() > most.toNanos()) {
                endIt(exchange);
            }
        }
    }

    /** What is thrown would end the watch over all others. */
    private void endIt(Exchange<?> exchange) {
        try {
            exchange.stalled(most);
        } catch (RuntimeException | Error e) {
            exchange.failed(e);
        }
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
