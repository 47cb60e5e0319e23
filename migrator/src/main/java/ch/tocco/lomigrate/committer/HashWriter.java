package ch.tocco.lomigrate.committer;

import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.postgres.LockTimeoutException;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;

/** The statements of a commit: they set the hashes, or ask what became of rows that were not updated. */
final class HashWriter {
    private final SourceSql sql;

    HashWriter(SourceSql sql) {
        this.sql = sql;
    }

    /**
     * Sets the hashes of rows that are still as they were listed and pending, in one statement and transaction.
     *
     * @param events no two of the same row, in the order of their keys
     * @return for how many of the events a row was updated
     */
    int update(Connection connection, List<LoEvent> events) throws SQLException, LockTimeoutException {
        return update(connection, sql.commit(), events);
    }

    /** The same for those of the rows that nobody has locked: it waits for no row. */
    int updateUnlocked(Connection connection, List<LoEvent> events) throws SQLException, LockTimeoutException {
        return update(connection, sql.commitUnlocked(), events);
    }

    private static int update(Connection connection, String query, List<LoEvent> events)
            throws SQLException, LockTimeoutException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            setRows(connection, statement, events);
            setTexts(
                    connection,
                    statement,
                    3,
                    events.stream().map(LoEvent::sha256).toArray(String[]::new));
            try (ResultSet answer = statement.executeQuery()) {
                answer.next();
                return answer.getInt(1);
            }
        } catch (SQLException e) {
            throw LockTimeoutException.unless(e);
        }
    }

    /**
     * Looks rows up again.
     *
     * @return by position in {@code events}: the SHA-256 that the row has now, "" for NULL; no entry for a row that is
     *     no longer there
     */
    Map<Integer, String> lookUp(Connection connection, List<LoEvent> events) throws SQLException, LockTimeoutException {
        Map<Integer, String> found = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql.committed())) {
            setRows(connection, statement, events);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String sha256 = rows.getString(2);
                    found.put(rows.getInt(1) - 1, sha256 == null ? "" : sha256);
                }
            }
        } catch (SQLException e) {
            throw LockTimeoutException.unless(e);
        }
        return found;
    }

    private static void setRows(Connection connection, PreparedStatement statement, List<LoEvent> events)
            throws SQLException {
        setTexts(
                connection,
                statement,
                1,
                events.stream().map(e -> e.row().hash()).toArray(String[]::new));
        long[] oids = events.stream().mapToLong(event -> event.row().oid()).toArray();
        statement.setArray(2, connection.unwrap(PGConnection.class).createArrayOf("int8", oids));
    }

    private static void setTexts(Connection connection, PreparedStatement statement, int parameter, String[] values)
            throws SQLException {
        statement.setArray(parameter, connection.createArrayOf("bpchar", values));
    }
}
