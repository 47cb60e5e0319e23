package ch.tocco.lomigrate.committer;

import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.source.UpdateCatalog;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Locks that a commit may wait for though all of its rows are free: triggers take some, for example. Asks the catalog now and
 * then whether there may be any, as triggers come and go. Writes so that all of its waits together are bounded. For one
 * thread.
 */
final class OtherLocks {
    private static final long AGAIN_NANOS = Duration.ofMinutes(1).toNanos();

    private final SourceSql sql;
    private boolean possible;

    /** In the terms of {@link System#nanoTime}; null: never. */
    private Long asked;

    /** When a write last took long without waiting for a lock, in the same terms; null: the last one did not. */
    private Long tookLong;

    OtherLocks(SourceSql sql) {
        this.sql = sql;
    }

    boolean arePossible(Connection connection) throws SQLException {
        if (!isRecent(asked)) {
            possible = new UpdateCatalog(connection, sql).mayWait();
            asked = System.nanoTime();
        }
        return possible;
    }

    private static boolean isRecent(Long when) {
        return when != null && System.nanoTime() - when < AGAIN_NANOS;
    }

    /**
     * Writes rows that may be locked, in a transaction of its own.
     *
     * @param statements how many the work sends at most
     */
    <T> T write(Connection connection, int statements, Transaction.Work<T> work) throws SQLException {
        return isRecent(tookLong)
                ? Transaction.brief(connection, work)
                : Transaction.inTime(connection, statements, work);
    }

    /**
     * The same for work that leaves out rows that are locked. What takes too long is done once more without a bound, as it
     * may be no lock that takes the time; but then it hardly waits for any.
     */
    <T> T writeFree(Connection connection, int statements, Transaction.Work<T> work) throws SQLException {
        if (!isRecent(tookLong)) {
            try {
                return Transaction.inTime(connection, statements, work);
            } catch (SQLException e) {
                if (!SqlFaults.State.QUERY_CANCELED.is(e)) {
                    throw e;
                }
            }
        }
        tookLong = null;
        T result = Transaction.brief(connection, work);
        tookLong = System.nanoTime();
        return result;
    }
}
