package ch.tocco.lomigrate.lifecycle;

import java.time.Duration;

/**
 * The attempts at one thing, until it is done or given up. Tells what the server cannot do for this one thing from a
 * server that is away: only failures while the server did something for others, or a probe that stands in for them, are
 * the thing's own. The {@link Breaker} is told what comes of each attempt. For one thread at a time.
 */
public final class Attempts {
    /** After so many own failures the thing is given up. */
    public static final int MAX_OWN = 8;

    /** Failures in a row with no success of anybody, until a probe is worth its request. */
    private static final int LONELY = 2;

    private final Breaker breaker;
    private final Pace pace;
    private long begun;
    private long successesBefore;
    private int own;
    private int lonely;
    private int lacks;
    private long lackingSince;
    private boolean probed;
    private String doubted;

    /** How far the pauses between own failures grow, in failures that {@link Backoff} counts. */
    public enum Pace {
        STORE(4, 4),
        /** A transaction's conflicts take their time. One statement more or less is nothing to a server that is there. */
        DATABASE(MAX_OWN, 2);

        private final int longest;
        private final int longestBesideProbe;

        Pace(int longest, int longestBesideProbe) {
            this.longest = longest;
            this.longestBesideProbe = longestBesideProbe;
        }
    }

    /** What to do after a failure that may pass. */
    public enum Next {
        /** Take a turn at the breaker, and begin another attempt. */
        TRY_AGAIN,
        /** Ask the server for something that takes nothing, and say with {@link #probed} what came of it. */
        PROBE,
        /** The server lacks something for this one, while others succeed: a pause, then another attempt. */
        OUTWAIT,
        /** It is the thing's own failure. */
        GIVE_UP
    }

    /** Begins with no attempt made. */
    public Attempts(Breaker breaker, Pace pace) {
        this.breaker = breaker;
        this.pace = pace;
    }

    /** Forgets all, for the next thing. */
    public void reset() {
        own = 0;
        lonely = 0;
        lacks = 0;
        probed = false;
    }

    /** An attempt begins; the caller has a turn at the breaker. */
    public void begin() {
        begun = System.nanoTime();
        successesBefore = breaker.successes();
    }

    /** The server did it, or said for certain that it never will: it is there. */
    public void answered() {
        lacks = 0;
        breaker.succeeded();
    }

    /**
     * The same for a thread that must not wait.
     *
     * @return false: another thread has to say it with {@link #answered}
     */
    public boolean tryAnswered() {
        if (!breaker.trySucceeded()) {
            return false;
        }
        lacks = 0;
        return true;
    }

    /**
     * The attempt failed in passing.
     *
     * @param words about the failure, in one line
     */
    public Next failed(String words, Suspicion suspicion) {
        boolean alone = breaker.successes() == successesBefore;
        lonely = alone && suspicion == Suspicion.PERHAPS_THIS ? lonely + 1 : 0;
        probed = false;
        // before all callers hear that the server is away, whichever of them failed first
        if (lonely >= LONELY || (lonely > 0 && breaker.wouldTell(begun))) {
            doubted = words;
            return Next.PROBE;
        }
        return next(words, suspicion);
    }

    /**
     * The probe was made, or could not be.
     *
     * @param answered whether the server did what the probe asked for, so that others need not wait
     */
    public Next probed(boolean answered) {
        probed = answered;
        return next(doubted, answered ? Suspicion.THIS : Suspicion.NONE);
    }

    private Next next(String words, Suspicion suspicion) {
        if (suspicion == Suspicion.THIS) {
            answered();
        } else {
            breaker.failed(words, begun);
        }
        if (breaker.successes() == successesBefore) {
            return Next.TRY_AGAIN;
        }
        if (suspicion == Suspicion.SERVER) {
            lackingSince = lacks == 0 ? System.nanoTime() : lackingSince;
            lacks++;
            return Next.OUTWAIT;
        }
        own++;
        return own >= MAX_OWN ? Next.GIVE_UP : Next.TRY_AGAIN;
    }

    /** Failures that were the thing's own. */
    public int own() {
        return own;
    }

    /** Failures for which others did not have to wait, since the server lacks something. */
    public int lacks() {
        return lacks;
    }

    /** How long the server has lacked it. */
    public Duration lacking() {
        return Duration.ofNanos(System.nanoTime() - lackingSince);
    }

    /** A pause before the next attempt: it grows with the own failures, but not for long. */
    public long pauseNanos() {
        int most = probed ? pace.longestBesideProbe : pace.longest;
        return Backoff.nanos(Math.max(1, Math.min(own, most)));
    }
}
