package ch.tocco.lomigrate.control;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Says whether the run goes on. It ends once: by {@link #stop} (the user asked) or by {@link #abort} (it cannot go on),
 * whichever comes first. Thread-safe.
 */
public final class RunControl {
    private static final Optional<RunAborted> STOPPED = Optional.empty();

    /** Null while the run goes on. */
    private final AtomicReference<Optional<RunAborted>> end = new AtomicReference<>();

    private final Queue<Runnable> listeners = new ConcurrentLinkedQueue<>();

    /** Asks the run to end: nothing new is begun, what is stored is committed. */
    public void stop() {
        endWith(STOPPED);
    }

    /** Ends the run because of {@code reason}; the first reason is the one that is reported. */
    public void abort(RunAborted reason) {
        endWith(Optional.of(reason));
    }

    /** True once {@link #stop} or {@link #abort} was called: begin nothing new. */
    public boolean ended() {
        return end.get() != null;
    }

    /** True when the user's stop ended the run. */
    public boolean stopped() {
        return ended() && abortReason().isEmpty();
    }

    /** Why the run was aborted; empty while it goes on and after a plain stop. */
    public Optional<RunAborted> abortReason() {
        return ended() ? end.get() : Optional.empty();
    }

    /** Runs {@code listener} once when the run ends, on the thread that ends it; at once if it has ended. */
    public void onEnd(Runnable listener) {
        listeners.add(listener);
        if (ended()) {
            tellListeners();
        }
    }

    private void endWith(Optional<RunAborted> reason) {
        if (end.compareAndSet(null, reason)) {
            tellListeners();
        }
    }

    private void tellListeners() {
        for (Runnable next = listeners.poll(); next != null; next = listeners.poll()) {
            next.run();
        }
    }
}
