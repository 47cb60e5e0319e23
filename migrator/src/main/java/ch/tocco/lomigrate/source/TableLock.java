package ch.tocco.lomigrate.source;

import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.postgres.LockTimeoutException;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.postgres.SqlCall;
import ch.tocco.lomigrate.postgres.SqlFaults;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Waits while another session has the whole source table locked, as for a server that is away. On a session with a lock timeout,
 * for statements that wait for no row: what they have waited for in vain is the table. For one thread.
 */
public final class TableLock {
    private static final Logger LOG = LogManager.getLogger(TableLock.class);

    private final PgSession session;
    private final SourceSql sql;
    private final boolean aboutObjects;

    /** @param aboutObjects whether calls are about certain objects, see {@link PgSession#callAboutObjects} */
    public TableLock(PgSession session, SourceSql sql, boolean aboutObjects) {
        this.session = session;
        this.sql = sql;
        this.aboutObjects = aboutObjects;
    }

    /**
     * Does {@code call}, again and again while the table is locked.
     *
     * @throws SQLException also where it has waited in vain for one row's value in a unique index
     */
    public <T> T outwait(SqlCall<T, LockTimeoutException> call)
            throws SQLException, RunEndedException, InterruptedException {
        long since = System.nanoTime();
        String by = null;
        while (true) {
            try {
                SqlCall<T, LockTimeoutException> noticing = connection -> noticing(call, connection);
                T result = aboutObjects ? session.callAboutObjects(noticing) : session.call(noticing);
                if (by != null) {
                    long seconds = Duration.ofNanos(System.nanoTime() - since).toSeconds();
                    LOG.info("{} is no longer locked, after {} s", sql.table(), seconds);
                }
                return result;
            } catch (LockTimeoutException e) {
                Optional<SQLException> row = e.ofOneRow();
                if (row.isPresent()) {
                    throw row.get();
                }
                if (by == null) {
                    by = lockers();
                    LOG.warn("waiting for a lock on table {}: {}", sql.table(), by);
                }
                session.pauseSince(since, sql.table() + " was locked", by);
            }
        }
    }

    private static <T> T noticing(SqlCall<T, LockTimeoutException> call, Connection connection)
            throws SQLException, LockTimeoutException {
        try {
            return call.on(connection);
        } catch (SQLException e) {
            throw LockTimeoutException.unless(e);
        }
    }

    private String lockers() throws RunEndedException, InterruptedException {
        try {
            return session.<String, SQLException>call(connection -> new Catalog(connection, sql).lockers());
        } catch (SQLException e) {
            return "lock holder unknown: " + SqlFaults.describe(e);
        }
    }
}
