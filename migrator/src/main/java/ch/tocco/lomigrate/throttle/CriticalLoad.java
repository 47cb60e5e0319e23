package ch.tocco.lomigrate.throttle;

import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import java.util.Optional;

/** Ends the run when three readings in a row are above a load at which production needs all that there is. */
final class CriticalLoad implements Judge {
    private static final int READINGS = 3;

    private final int limit;
    private final RunControl control;
    private int above;
    private Reading last;

    CriticalLoad(int limit, RunControl control) {
        this.limit = limit;
        this.control = control;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the same reading again, not one that is equal
    public Optional<String> of(Reading reading, long now) {
        if (reading == last || reading.uselessness(now).isPresent()) {
            return Optional.empty();
        }
        last = reading;
        above = reading.value() > limit ? above + 1 : 0;
        if (above == READINGS) {
            control.abort(new RunAborted(
                    RunAborted.Kind.OVERLOAD,
                    reading.words() + ", three times in a row above --critical-load active=" + limit
                            + "; run again once production is calm",
                    null));
        }
        return Optional.empty();
    }
}
