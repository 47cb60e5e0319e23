package ch.tocco.lomigrate.locks;

import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import java.time.Duration;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Waiting for a lock that another process of this tool holds: it says once for whom, and ends with the run. */
final class LockWait {
    private static final Logger LOG = LogManager.getLogger(LockWait.class);
    private static final String STOPPED = "stopped before anything was changed";
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final RunControl control;
    private final Duration most;
    private final long begun = System.nanoTime();
    private String said = "";

    /** @param most longest time to wait */
    LockWait(RunControl control, Duration most) {
        this.control = control;
        this.most = most;
    }

    /**
     * Pauses before the next try.
     *
     * @param what is in the way
     * @throws RefusedException the run was stopped
     * @throws RunAborted it has waited for too long
     */
    void pause(String what) throws RefusedException {
        Duration waited = Duration.ofNanos(System.nanoTime() - begun);
        if (waited.compareTo(most) >= 0) {
            throw new RunAborted(
                    RunAborted.Kind.OUTAGE,
                    what + " for " + waited.toSeconds() + " s, longer than --outage-timeout; nothing was changed",
                    null);
        }
        if (!what.equals(said)) {
            said = what;
            LOG.info("{}: waiting until it ends, up to {} s", what, most.toSeconds());
        }
        try {
            control.pause(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(STOPPED, e);
        }
        if (control.ended()) {
            throw new RefusedException(STOPPED);
        }
    }
}
