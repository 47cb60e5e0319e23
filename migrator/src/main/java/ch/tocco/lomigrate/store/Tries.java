package ch.tocco.lomigrate.store;

import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lo.FailureReason;

/**
 * Tells an object that the store cannot take from a store that is away: only failures in between which others succeeded
 * count as the object's own. Where there are no others, a {@link StoreProbe} stands in for them. For one thread at a
 * time.
 */
public final class Tries {
    /** After so many own failures the object is given up. */
    public static final int MAX_OWN = 8;

    /** Failures in a row with no success of anybody, until a probe is worth its request. */
    private static final int LONELY = 2;

    private static final int MAX_PAUSE = 4;

    private long begun;
    private long successesBefore;
    private int own;
    private int lonely;

    /** A new object. */
    public void reset() {
        own = 0;
        lonely = 0;
    }

    /** A try begins. */
    public void begin(Breaker breaker) {
        begun = System.nanoTime();
        successesBefore = breaker.successes();
    }

    /** The try failed in passing; true if it may be the object's doing, and only a probe can tell. */
    public boolean needProbe(Breaker breaker, StoreException e) {
        boolean alone = breaker.successes() == successesBefore;
        lonely = alone && e.worthTrying() == StoreException.WorthTrying.ANOTHER_OBJECT ? lonely + 1 : 0;
        // before all are told that the store is away, whichever object it was that failed first
        return lonely >= LONELY || (lonely > 0 && breaker.wouldTell(begun));
    }

    /** The store took a probe after the failure, so nobody need wait; true if the object is to be given up. */
    public boolean failedBesideProbe(Breaker breaker) {
        breaker.succeeded();
        own++;
        return own >= MAX_OWN;
    }

    /** The try failed in passing, which the breaker is told; true if the object is to be given up. */
    public boolean failed(Breaker breaker, StoreException e) {
        if (e.reason() == FailureReason.CORRUPTED) {
            // The store is there and looked at the bytes: nobody need wait, and trying for ever would not help.
            breaker.succeeded();
        } else {
            breaker.failed(e.getMessage(), begun);
        }
        if (breaker.successes() > successesBefore) {
            own++;
        }
        return own >= MAX_OWN;
    }

    /** Failures that the pause before the next try is drawn from: it grows, but not for long. */
    public int pause() {
        return Math.min(1 + own, MAX_PAUSE);
    }
}
