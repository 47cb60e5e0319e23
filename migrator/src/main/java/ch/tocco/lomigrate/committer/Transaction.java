package ch.tocco.lomigrate.committer;

import ch.tocco.lomigrate.postgres.CommitBounds;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A transaction of its own, with the limits of {@link CommitBounds}: the longer one, or that of a commit. */
final class Transaction {
    private static final String SETTLE = "SET CONSTRAINTS ALL IMMEDIATE";

    private Transaction() {}

    /** What is done on a connection. */
    interface Work<T> {
        T on() throws SQLException;
    }

    /**
     * Does what waits for no row and commits, with the longer limit; where it fails the connection is as it was before, if
     * it can be.
     */
    static <T> T of(Connection connection, Work<T> work) throws SQLException {
        return bounded(connection, CommitBounds.patience(), work);
    }

    /**
     * Does what may wait for several locks, one after another, as triggers do, also those that fire at the end only. All
     * together is bounded, so that COMMIT itself has nothing left to wait for.
     *
     * @param statements how many it sends at most
     */
    static <T> T inTime(Connection connection, int statements, Work<T> work) throws SQLException {
        return bounded(connection, CommitBounds.shared(statements + 1), settled(connection, work));
    }

    /** The same with the longer limit: it may take long, but hardly waits for a lock. */
    static <T> T brief(Connection connection, Work<T> work) throws SQLException {
        return bounded(connection, CommitBounds.brief(), settled(connection, work));
    }

    private static <T> Work<T> settled(Connection connection, Work<T> work) {
        return () -> {
            T result = work.on();
            execute(connection, SETTLE);
            return result;
        };
    }

    private static <T> T bounded(Connection connection, String bounds, Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            execute(connection, bounds);
            T result = work.on();
            connection.commit();
            connection.setAutoCommit(true);
            return result;
        } catch (SQLException e) {
            rollBack(connection, e);
            throw e;
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void rollBack(Connection connection, SQLException because) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }
}
