package ch.tocco.lomigrate.committer;

import ch.tocco.lomigrate.postgres.CommitBounds;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A transaction of its own for what waits for no row, with the longer limit of the session. */
final class Transaction {
    private Transaction() {}

    /** What is done on a connection. */
    interface Work<T> {
        T on() throws SQLException;
    }

    /** Does it and commits; where it fails the connection is as it was before, if it can be. */
    static <T> T of(Connection connection, Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            try (Statement statement = connection.createStatement()) {
                statement.execute(CommitBounds.patience());
            }
            T result = work.on();
            connection.commit();
            connection.setAutoCommit(true);
            return result;
        } catch (SQLException e) {
            rollBack(connection, e);
            throw e;
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
