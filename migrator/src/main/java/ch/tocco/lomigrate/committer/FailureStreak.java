package ch.tocco.lomigrate.committer;

import ch.tocco.lomigrate.lifecycle.RunAborted;
import java.util.HashSet;
import java.util.Set;

/**
 * Ends the run once {@value #MOST} different rows, one after another, could not be committed for the same reason, with no
 * commit between: then something is wrong with the table and not with its rows, and millions of warnings would follow.
 * All committers of a run share one. Thread-safe.
 */
public final class FailureStreak {
    static final int MOST = 100;

    /** Stands in for a SQLSTATE where PostgreSQL reported no error. */
    static final String NOT_UPDATED = "not updated";

    private final Set<String> rows = new HashSet<>();
    private String reason;
    private RunAborted end;

    /**
     * To be called before a chunk is tried.
     *
     * @throws RunAborted another committer has found that all rows fail
     */
    synchronized void check() {
        if (end != null) {
            throw end;
        }
    }

    /** A row was committed, so what failed before is about rows. */
    synchronized void broken() {
        rows.clear();
    }

    /**
     * A row failed for the first time.
     *
     * @param row what tells it from others
     * @param why SQLSTATE, or {@link #NOT_UPDATED}
     * @param words what was answered, in one line
     * @throws RunAborted it is one too many
     */
    synchronized void failed(String row, String why, String words) {
        check();
        if (!why.equals(reason)) {
            rows.clear();
            reason = why;
        }
        rows.add(row);
        if (rows.size() >= MOST) {
            end = new RunAborted(
                    RunAborted.Kind.FAULT,
                    "no SHA-256 can be written: " + MOST + " rows one after another failed alike; last error: " + words
                            + ". Remove the cause and run again; the rows are still pending",
                    null);
            throw end;
        }
    }
}
