package ch.tocco.lomigrate.committer;

import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.SourceRow.Identity;
import ch.tocco.lomigrate.postgres.LockTimeoutException;
import ch.tocco.lomigrate.source.HashSql;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sets the one column of a source whose column of the SHA-256 is its state, with one statement for many rows. */
final class HashWriter implements RowWriter {
    private final SourceSql sql;
    private final OtherLocks otherLocks;

    HashWriter(SourceSql sql) {
        this.sql = sql;
        this.otherLocks = new OtherLocks(sql);
    }

    @Override
    public void update(Connection connection, List<LoEvent> events, UpdatedRows updated)
            throws SQLException, LockTimeoutException {
        try {
            if (otherLocks.arePossible(connection)) {
                otherLocks.write(
                        connection, 1, () -> execute(connection, sql.hashes().commit(), events, updated));
            } else {
                execute(connection, sql.hashes().commit(), events, updated);
            }
        } catch (SQLException e) {
            throw LockTimeoutException.unlessBounded(e);
        }
    }

    @Override
    public void updateUnlocked(Connection connection, List<LoEvent> events, UpdatedRows updated)
            throws SQLException, LockTimeoutException {
        try {
            Transaction.Work<Void> work = () -> execute(connection, sql.hashes().commitUnlocked(), events, updated);
            if (otherLocks.arePossible(connection)) {
                otherLocks.writeFree(connection, 1, work);
            } else {
                Transaction.of(connection, work);
            }
        } catch (SQLException e) {
            throw LockTimeoutException.unless(e);
        }
    }

    private static Void execute(Connection connection, String query, List<LoEvent> events, UpdatedRows updated)
            throws SQLException {
        updated.sending();
        String[] sha256s = events.stream().map(LoEvent::sha256).toArray(String[]::new);
        HashSql.execute(connection, query, rows(events), sha256s, updated::updated);
        return null;
    }

    @Override
    public BitSet unlocked(Connection connection, List<LoEvent> events) throws SQLException, LockTimeoutException {
        String[] sha256s = events.stream().map(LoEvent::sha256).toArray(String[]::new);
        var unlocked = new BitSet(events.size());
        try {
            return Transaction.of(connection, () -> {
                HashSql.execute(connection, sql.hashes().unlocked(), rows(events), sha256s, unlocked::set);
                return unlocked;
            });
        } catch (SQLException e) {
            throw LockTimeoutException.unless(e);
        }
    }

    @Override
    public Map<Integer, String> lookUp(Connection connection, List<LoEvent> events)
            throws SQLException, LockTimeoutException {
        try {
            return Transaction.of(connection, () -> found(connection, events));
        } catch (SQLException e) {
            throw LockTimeoutException.unless(e);
        }
    }

    private Map<Integer, String> found(Connection connection, List<LoEvent> events) throws SQLException {
        Map<Integer, String> found = new HashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement(sql.hashes().committed())) {
            HashSql.setRows(connection, statement, rows(events));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String sha256 = rows.getString(2);
                    found.merge(rows.getInt(1) - 1, sha256 == null ? "" : sha256, HashWriter::pendingFirst);
                }
            }
        }
        return found;
    }

    /** Of rows that share hash and oid: as long as one is pending, the event is. */
    private static String pendingFirst(String one, String other) {
        return one.isEmpty() ? one : other;
    }

    private static List<Identity> rows(List<LoEvent> events) {
        return events.stream().map(event -> event.row().identity()).toList();
    }
}
