package ch.tocco.lomigrate.postgres;

import java.sql.SQLException;
import java.sql.SQLTransientException;

/**
 * Tells a call that the server cannot do from a server that is away: only failures while it answered others, or a probe
 * that stands in for them, are the call's own. For one call and one thread.
 */
final class CallTries {
    /** After so many own failures the call is given up. */
    private static final int MAX_OWN = 8;

    /** Faults in a row with no success of anybody, until asking whether the server is there is worth a statement. */
    private static final int LONELY = 3;

    private static final int LONGEST_PAUSE_BESIDE_PROBE = 2;

    private int own;
    private int lonely;

    /**
     * The call failed in passing.
     *
     * @param othersSucceed whether anybody got an answer meanwhile
     * @param suspicious whether the fault may be about what was asked
     * @return whether only a probe can tell
     */
    boolean needProbe(boolean othersSucceed, boolean suspicious) {
        lonely = !othersSucceed && suspicious ? lonely + 1 : 0;
        return lonely >= LONELY;
    }

    /**
     * The server was there when the call failed.
     *
     * @throws SQLException once that has been so too often
     */
    void failedAlone(String purpose, SQLException failure) throws SQLException {
        own++;
        if (own >= MAX_OWN) {
            throw new SQLTransientException(
                    purpose + " failed " + own + " times while the server was there, at last: "
                            + SqlFaults.describe(failure),
                    failure);
        }
    }

    /** Failures that the pause before the next try is drawn from. */
    int pause() {
        return own;
    }

    /** The same where a probe told that nobody else need wait. */
    int pauseBesideProbe() {
        return Math.min(own, LONGEST_PAUSE_BESIDE_PROBE);
    }
}
