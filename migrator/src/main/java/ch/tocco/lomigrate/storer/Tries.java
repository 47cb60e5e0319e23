package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.control.Breaker;

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

    /** The try failed in passing; true if the object is to be given up. */
    boolean exhausted(Breaker breaker) {
        if (breaker.successes() > successesBefore) {
            own++;
        }
        return own >= MAX_OWN;
    }
}
