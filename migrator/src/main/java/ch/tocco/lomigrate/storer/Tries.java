package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.control.Breaker;
import ch.tocco.lomigrate.lo.FailureReason;

/**
 * Tells an object that the store cannot take from a store that is away: only failures in between which others succeeded
 * count as the object's own. For one thread at a time.
 */
final class Tries {
    /** After so many own failures the object is given up. */
    static final int MAX_OWN = 8;

    private long successesBefore;
    private int own;

    /** A new object. */
    void reset() {
        own = 0;
    }

    /** A try begins. */
    void begin(Breaker breaker) {
        successesBefore = breaker.successes();
    }

    /** The try failed in passing, which the breaker is told; true if the object is to be given up. */
    boolean failed(Breaker breaker, StoreException e) {
        if (e.reason() == FailureReason.CORRUPTED) {
            // The store is there and looked at the bytes: nobody need wait, and trying for ever would not help.
            breaker.succeeded();
        } else {
            breaker.failed(e.getMessage());
        }
        if (breaker.successes() > successesBefore) {
            own++;
        }
        return own >= MAX_OWN;
    }
}
