package ch.tocco.lomigrate.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/**
 * The server's process behind a connection. When the network breaks, it may go on with what it was at, and hold its
 * locks, long after the client has given the connection up.
 *
 * @param pid its process id, which another one may have later
 * @param begun when it began, which tells the two apart
 */
public record Backend(int pid, String begun) {
    private static final String BEGUN =
            "pg_catalog.to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')";

    /** The one behind {@code connection}. */
    public static Backend of(Connection connection) throws SQLException {
        String query =
                "SELECT pid, " + BEGUN + " FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()";
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return new Backend(row.getInt(1), row.getString(2));
        }
    }

    /** The process id that the client was told at its login; a pooler tells one of its own making. */
    public static int toldAtLogin(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    /** Asks over another connection that it end, which takes a moment; false if it is gone already. */
    public boolean end(Connection other) throws SQLException {
        String query = "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = ? AND "
                + BEGUN + " = ?";
        try (var statement = other.prepareStatement(query)) {
            statement.setInt(1, pid);
            statement.setString(2, begun);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }
}
