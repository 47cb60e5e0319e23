package ch.tocco.lomigrate.lifecycle;

import ch.tocco.lomigrate.pacing.Limits;
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
            RunAborted.Kind.FAULT, "internal error; no details available (possibly out of memory)", null));

    /** Null while the run goes on. */
    private final AtomicReference<Optional<RunAborted>> end = new AtomicReference<>();

    private final Listeners listeners = new Listeners();
    private final Listeners urgentListeners = new Listeners();
    private final RunEnd urgentEnd = new UrgentEnd();

    private volatile Breaker.Listener outages = Breaker.Listener.NONE;

    /** After the listeners: it becomes one of them. */
    private final Gate gate;

    /** A run whose gate never closes and bounds nothing. */
    public RunControl() {
        this(Double.POSITIVE_INFINITY, Limits.NONE);
    }

    /**
     * A run that goes on.
     *
     * @param putsPerSecond PUTs that may begin in a second; infinity: any number
     * @param limits how many PUTs and bytes may begin at all
     */
    public RunControl(double putsPerSecond, Limits limits) {
        this.gate = new Gate(this, putsPerSecond, limits);
    }

    /** Where stages ask whether they may begin something new. */
    public Gate gate() {
        return gate;
    }

    /** Tells {@code listener} of outages from now on, in place of the one before. */
    public void listener(Breaker.Listener listener) {
        outages = listener;
    }

    Breaker.Listener listener() {
        return outages;
    }

    /** Asks the run to end: nothing new is begun, what is stored is committed. */
    public void stop() {
        endWith(STOPPED);
    }

    /** Ends the run because of {@code reason}; the first reason is the one that is reported. */
    public void abort(RunAborted reason) {
        endWith(Optional.of(reason));
    }

    /**
     * Ends the run because a limit was reached that the user has set. Nothing new is begun; what has begun may take the time
     * that it takes, unless a stop or an abort follows, which then is how the run ended.
     *
     * @param limit the flag and its value
     */
    public void limit(String limit) {
        abort(new RunAborted(RunAborted.Kind.LIMIT, "the limit of " + limit + " was reached", null));
    }

    /**
     * Ends the run because of an unexpected error, and then logs it. Throws nothing, whatever {@code e} is and
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

    /** True once a limit has ended the run, and nothing else since. */
    public boolean limited() {
        return isLimit(end.get());
    }

    /** When the run ends in a way that leaves what has begun little time: not by a limit. */
    public RunEnd urgentEnd() {
        return urgentEnd;
    }

    /** For what is to be done after a limit has ended the run: ends as this run does, if that is stopped or aborted. */
    public RunControl afterLimit() {
        RunControl rest = new RunControl();
        urgentEnd.onEnd(() -> rest.endWith(end.get()));
        return rest;
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
        boolean first = end.compareAndSet(null, reason);
        if (first) {
            listeners.tell();
        }
        if (!isLimit(reason) && (first || replacesLimit(reason))) {
            urgentListeners.tell();
        }
    }

    private boolean replacesLimit(Optional<RunAborted> reason) {
        Optional<RunAborted> before = end.get();
        return isLimit(before) && end.compareAndSet(before, reason);
    }

    /** @param end null: it has not ended */
    private static boolean isLimit(Optional<RunAborted> end) {
        return end != null
                && end.filter(reason -> reason.kind() == RunAborted.Kind.LIMIT).isPresent();
    }

    private final class UrgentEnd implements RunEnd {
        @Override
        public boolean ended() {
            return RunControl.this.ended() && !limited();
        }

        @Override
        public Registration onEnd(Runnable listener) {
            Registration registration = urgentListeners.add(listener);
            if (ended()) {
                urgentListeners.tell();
            }
            return registration;
        }
    }
}
