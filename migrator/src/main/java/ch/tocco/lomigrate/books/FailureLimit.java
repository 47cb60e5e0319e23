package ch.tocco.lomigrate.books;

import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.LoFailure;
import ch.tocco.lomigrate.pacing.Limits;

/** Ends the run once so many objects have failed that an operator should have a look. Thread-safe. */
public final class FailureLimit implements FailureReport {
    private final Limits.Failures most;
    private final Counters counters;
    private final RunControl control;
    private final FailureReport next;

    /** @param next is told each failure first */
    public FailureLimit(Limits.Failures most, Counters counters, RunControl control, FailureReport next) {
        this.most = most;
        this.counters = counters;
        this.control = control;
        this.next = next;
    }

    @Override
    public void failed(LoFailure failure, int attempts) {
        next.failed(failure, attempts);
        long failed = counters.failedCount() + 1; // this one is counted once it is reported
        if (most.reached(failed, counters.settled() + 1)) {
            control.abort(new RunAborted(
                    RunAborted.Kind.FAULT,
                    failed + " objects have failed, --max-failures " + most + " was reached; the last one: " + failure,
                    null));
        }
    }
}
