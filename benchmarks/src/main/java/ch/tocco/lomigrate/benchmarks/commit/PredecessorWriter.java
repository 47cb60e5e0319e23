package ch.tocco.lomigrate.benchmarks.commit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Sets hashes as the predecessor does: one UPDATE per row, many in a transaction. For one thread. */
public final class PredecessorWriter {
    /** The type of the parameter keeps the index on {@code character(40)} in use. */
    private static final String UPDATE = "UPDATE _nice_binary SET sha2 = ? WHERE hash = ?::bpchar";

    private final Connection connection;

    /**
     * Makes a writer.
     *
     * @param connection left with autocommit on after each {@link #commit}
     */
    public PredecessorWriter(Connection connection) {
        this.connection = connection;
    }

    /** How many rows were updated. */
    public int update(String hash, String sha256) throws SQLException {
        if (connection.getAutoCommit()) {
            connection.setAutoCommit(false);
        }
        try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
            update.setString(1, sha256);
            update.setString(2, hash);
            return update.executeUpdate();
        }
    }

    /** Ends the transaction. */
    public void commit() throws SQLException {
        connection.commit();
        connection.setAutoCommit(true);
    }
}
