package ch.tocco.lomigrate.observer;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Counts the table once, in the background: only the display waits for it, and a failure costs only the ETA. What is
 * counted is the table as it was at one moment, which comes before the first commit of the run: a row that was migrated
 * between would count twice.
 */
public final class TableCount implements Runnable {
    private static final Logger LOG = LogManager.getLogger(TableCount.class);

    /** Longer than opening a connection takes. The listing waits no longer than this where PostgreSQL has none left. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final PgSession session;
    private final SourceSql sql;
    private final Counters counters;
    private final CountDownLatch begun = new CountDownLatch(1);

    private TableCount(PgSession session, SourceSql sql, Counters counters) {
        this.session = session;
        this.sql = sql;
        this.counters = counters;
    }

    /** Starts counting on a daemon thread, which closes {@code session}. */
    public static TableCount start(PgSession session, SourceSql sql, Counters counters) {
        TableCount count = new TableCount(session, sql, counters);
        Thread thread = new Thread(count, "count");
        thread.setDaemon(true);
        thread.start();
        return count;
    }

    /** Returns when it is decided which rows are counted, or that takes too long; at once if it was waited for before. */
    public void awaitBegun() {
        try {
            if (begun.getCount() > 0 && !begun.await(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.debug("the count of the rows begins late and may be wrong by a few");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            begun.countDown();
        }
    }

    @Override
    public void run() {
        try (session) {
            counters.counted(session.call(this::count));
        } catch (SQLException | RunAborted e) {
            LOG.warn("rows could not be counted, so there is no ETA: {}", e.getMessage());
        } catch (RunEndedException | InterruptedException e) {
            LOG.debug("counting given up: {}", e.getMessage());
        } finally {
            begun.countDown();
        }
    }

    private Counters.Totals count(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback(); // counted once more, after a failure
        }
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        long migratedByThen = counters.migratedRows();
        try (var statement = connection.createStatement()) {
            statement.execute("SELECT 1"); // the moment that all of the transaction sees
        }
        begun.countDown();
        sql.counts().obeyLimits(connection);
        try (var statement = connection.prepareStatement(sql.counts().allAndPending())) {
            return count(statement, migratedByThen);
        }
    }

    private Counters.Totals count(PreparedStatement statement, long migratedByThen) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            long rows = row.getLong(1);
            long pending = row.getLong(2);
            LOG.info("{} of {} rows were pending when the run began", pending + migratedByThen, rows);
            return new Counters.Totals(rows, rows - pending - migratedByThen);
        }
    }
}
