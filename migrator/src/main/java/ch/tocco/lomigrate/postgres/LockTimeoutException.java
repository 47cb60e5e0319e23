package ch.tocco.lomigrate.postgres;

import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** A statement was cancelled because it waited too long for a lock of another session; it changed nothing. */
public final class LockTimeoutException extends Exception {
    private static final long serialVersionUID = 1L;

    /** "while checking uniqueness of tuple (0,5) in relation …", in whatever language: only a tuple has such an address. */
    private static final Pattern TUPLE = Pattern.compile("\\(\\d+,\\d+\\)");

    private LockTimeoutException(SQLException e) {
        super(e.getMessage(), e, false, false);
    }

    /**
     * What to report of it if it was one row that was waited for, though no row was locked: a unique index has met a value
     * that another transaction has written and not committed. Empty: it was something larger, the table for example.
     */
    public Optional<SQLException> ofOneRow() {
        return getCause() instanceof PSQLException e && isAboutATuple(e.getServerErrorMessage())
                ? Optional.of(new SQLException(
                        "another transaction has written the same value and is not over yet", e.getSQLState(), e))
                : Optional.empty();
    }

    /** What a trigger does has more lines to say where it was. */
    private static boolean isAboutATuple(ServerErrorMessage message) {
        String where = message == null ? null : message.getWhere();
        return where != null
                && where.lines().count() == 1
                && TUPLE.matcher(where).find();
    }

    /** Returns {@code e} if it is something else. */
    public static SQLException unless(SQLException e) throws LockTimeoutException {
        if (SqlFaults.State.LOCK_NOT_AVAILABLE.is(e)) {
            throw new LockTimeoutException(e);
        }
        return e;
    }

    /** The same for a statement whose time is bounded because of its locks, see {@link CommitBounds}. */
    public static SQLException unlessBounded(SQLException e) throws LockTimeoutException {
        if (SqlFaults.State.QUERY_CANCELED.is(e)) {
            throw new LockTimeoutException(e);
        }
        return unless(e);
    }
}
