package ch.tocco.lomigrate.lifecycle;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * The moment from which something is neither begun nor waited for: the end of the run, or that of the grace which follows
 * it. Who waits for anything else is woken by it. Thread-safe.
 */
public interface RunEnd {
    /** For what is done to its own end, whatever becomes of the run. */
    RunEnd NEVER = new RunEnd() {
        @Override
        public boolean ended() {
            return false;
        }

        @Override
        public Registration onEnd(Runnable listener) {
            return () -> {};
        }
    };

    /** True from that moment on. */
    boolean ended();

    /**
     * Runs {@code listener} once when that moment comes, on the thread that notices it; at once if it has come. It must not
     * block.
     *
     * @return close it when the listener need no longer be told
     */
    Registration onEnd(Runnable listener);

    /** What was asked to be told. */
    interface Registration extends AutoCloseable {
        /** Withdraws the listener, which may be running at this moment. */
        @Override
        void close();
    }

    /** Waits for so long, but no longer than until that moment. */
    default void pause(Duration longest) throws InterruptedException {
        await(new CompletableFuture<>(), longest);
    }

    /** Waits until {@code awaited} is complete, or until that moment. */
    default void await(CompletableFuture<?> awaited) throws InterruptedException {
        await(awaited, Duration.ofNanos(Long.MAX_VALUE));
    }

    /**
     * Waits until {@code awaited} is complete, but no longer than until that moment.
     *
     * @return false: it is not complete
     */
    @SuppressWarnings("try") // the registration only wakes
    default boolean await(CompletableFuture<?> awaited, Duration longest) throws InterruptedException {
        Thread me = Thread.currentThread();
        long begun = System.nanoTime();
        CompletableFuture<?> unused = awaited.whenComplete((result, e) -> LockSupport.unpark(me));
        try (Registration waking = onEnd(() -> LockSupport.unpark(me))) {
            long left = longest.toNanos();
            while (!awaited.isDone() && !ended() && left > 0) {
                LockSupport.parkNanos(left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                left = longest.toNanos() - (System.nanoTime() - begun);
            }
        }
        return awaited.isDone();
    }
}
