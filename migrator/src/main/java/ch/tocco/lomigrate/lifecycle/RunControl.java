package ch.tocco.lomigrate.lifecycle;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Says whether the run goes on. It ends once: by {@link #stop} (the user asked) or by {@link #abort} (it cannot go on),
 * whichever comes first. Thread-safe.
 */
public final class RunControl implements RunEnd {
    private static final Logger LOG = LogManager.getLogger(RunControl.class);
    private static final Optional<RunAborted> STOPPED = Optional.empty();

    /** Made while there is memory, for when there is none to say more. */
    private static final Optional<RunAborted> UNSAID = Optional.of(new RunAborted(
            RunAborted.Kind.FAULT, "internal error of which nothing can be said, as when memory is used up", null));

    /** Null while the run goes on. */
    private final AtomicReference<Optional<RunAborted>> end = new AtomicReference<>();

    private final Listeners listeners = new Listeners();

    /** Asks the run to end: nothing new is begun, what is stored is committed. */
    public void stop() {
        endWith(STOPPED);
    }

    /** Ends the run because of {@code reason}; the first reason is the one that is reported. */
    public void abort(RunAborted reason) {
        endWith(Optional.of(reason));
    }

    /**
     * Ends the run because of an error that nobody expects, and then logs it. Throws nothing, whatever {@code e} is and
     * however little memory is left: threads go on after this to give back what others wait for.
     *
     * @param what went wrong, in front of the error's own words
     */
    public void bug(String what, Throwable e) {
        try {
            abort(RunAborted.because(what, e));
        } catch (Throwable again) {
            endWith(UNSAID);
        }
        try {
            if (!(e instanceof RunAborted || e instanceof OutOfMemoryError)) {
                LOG.error(what, e);
            }
        } catch (Throwable unsaid) {
            // The run has ended, which is what matters.
        }
    }

    /** True once {@link #stop} or {@link #abort} was called: begin nothing new. */
    @Override
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

    @Override
    public Registration onEnd(Runnable listener) {
        Registration registration = listeners.add(listener);
        if (ended()) {
            listeners.tell();
        }
        return registration;
    }

    private void endWith(Optional<RunAborted> reason) {
        if (end.compareAndSet(null, reason)) {
            listeners.tell();
        }
    }
}
