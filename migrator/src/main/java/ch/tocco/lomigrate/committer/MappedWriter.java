package ch.tocco.lomigrate.committer;

import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.postgres.LockTimeoutException;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.CommitRows;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes whatever a source wants set, in whichever of its tables. Never waits for a row: where another transaction has
 * locked one, that looks like a lock that was waited for in vain.
 */
final class MappedWriter implements RowWriter {
    private final SourceSql sql;
    private final String bucket;
    private final OtherLocks otherLocks;

    /** @param bucket what {@code :bucket} stands for */
    MappedWriter(SourceSql sql, String bucket) {
        this.sql = sql;
        this.bucket = bucket;
        this.otherLocks = new OtherLocks(sql);
    }

    @Override
    public void update(Connection connection, List<LoEvent> events, UpdatedRows updated)
            throws SQLException, LockTimeoutException {
        write(connection, events, updated, true);
    }

    @Override
    public void updateUnlocked(Connection connection, List<LoEvent> events, UpdatedRows updated)
            throws SQLException, LockTimeoutException {
        write(connection, events, updated, false);
    }

    private void write(Connection connection, List<LoEvent> events, UpdatedRows updated, boolean all)
            throws SQLException, LockTimeoutException {
        CommitRows rows = rows(connection, events);
        Transaction.Work<Set<Integer>> work = () -> {
            updated.sending();
            Set<Integer> done = rows.write();
            if (all && done.size() < events.size()) {
                throw SqlFaults.State.LOCK_NOT_AVAILABLE.of("not all rows are free");
            }
            return done;
        };
        try {
            Set<Integer> written = otherLocks.arePossible(connection)
                    ? otherLocks.writeFree(connection, rows.statements(), work)
                    : Transaction.of(connection, work);
            written.forEach(updated::updated);
        } catch (SQLException e) {
            throw LockTimeoutException.unless(e);
        }
    }

    @Override
    public BitSet unlocked(Connection connection, List<LoEvent> events) throws SQLException, LockTimeoutException {
        var unlocked = new BitSet(events.size());
        inTransaction(connection, () -> rows(connection, events).unlocked()).forEach(unlocked::set);
        return unlocked;
    }

    @Override
    public Map<Integer, String> lookUp(Connection connection, List<LoEvent> events)
            throws SQLException, LockTimeoutException {
        return inTransaction(connection, () -> rows(connection, events).lookUp());
    }

    private CommitRows rows(Connection connection, List<LoEvent> events) {
        List<CommitRows.Stored> stored = events.stream()
                .map(event -> new CommitRows.Stored(
                        event.row().identity(), event.objectKey().text(), event.sha256(), event.etag(), event.bytes()))
                .toList();
        return new CommitRows(connection, sql, bucket, stored);
    }

    private static <T> T inTransaction(Connection connection, Transaction.Work<T> work)
            throws SQLException, LockTimeoutException {
        try {
            return Transaction.of(connection, work);
        } catch (SQLException e) {
            throw LockTimeoutException.unless(e);
        }
    }
}
