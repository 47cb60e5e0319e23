package ch.tocco.lomigrate.postgres;

import java.sql.SQLException;

/** A statement was cancelled because it waited for too long for a lock of somebody else; it changed nothing. */
public final class LockTimeoutException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String QUERY_CANCELED = "57014";

    private LockTimeoutException(SQLException e) {
        super(e.getMessage(), e, false, false);
    }

    /** Returns {@code e} if it is something else. */
    public static SQLException unless(SQLException e) throws LockTimeoutException {
        if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
            throw new LockTimeoutException(e);
        }
        return e;
    }

    /** The same for a statement whose time is bounded because of its locks, see {@link CommitBounds}. */
    public static SQLException unlessBounded(SQLException e) throws LockTimeoutException {
        if (QUERY_CANCELED.equals(e.getSQLState())) {
            throw new LockTimeoutException(e);
        }
        return unless(e);
    }
}
