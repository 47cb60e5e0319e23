package ch.tocco.lomigrate.journal;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.FailureReport;
import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lo.LoFailure;
import ch.tocco.lomigrate.locks.Holder;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A run's own row in the table of runs, with a heartbeat, and the rows that failed, for sources whose state is in tables of
 * this tool. Nothing waits for it: where the database is away it goes on when that is back, and what it cannot write costs
 * the run nothing. Thread-safe.
 */
public final class Journal implements FailureReport, AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(Journal.class);
    private static final Duration BEAT = Duration.ofSeconds(10);

    /** The first may find a connection that broke while the run went on. */
    private static final int TRIES_AT_THE_END = 2;

    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** Failures that wait to be written; more than the log needs to name are not recorded. */
    private static final int MOST_WAITING = 100_000;

    private static final int BATCH = 500;

    /** A key in an index may have some 2700 bytes. */
    private static final int LONGEST_KEY = 600;

    private record Failed(LoFailure failure, int attempts) {}

    private final PgConnections connections;
    private final Optional<Shard> shard;
    private final Rate rate = new Rate();
    private final Queue<Failed> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "journal");

    /** Number of the source, and of the run; 0: nothing is recorded. */
    private int source;

    private long id;
    private Connection connection;
    private boolean lossSaid;
    private volatile Counters counters;
    private volatile String outcome;
    private volatile boolean complete;

    private Journal(PgConnections connections, Optional<Shard> shard) {
        this.connections = connections;
        this.shard = shard;
    }

    /**
     * Begins the row of a run over the rows of this source. Records nothing where the state is in a column, or where the
     * tables are missing.
     *
     * @param process this one
     * @param options what the run was told, as JSON
     */
    public static Journal begin(PgConnections connections, SourceSql sql, Holder.RunProcess process, String options) {
        Journal journal = new Journal(connections, sql.shard());
        if (sql.types().stateTable().isPresent()) {
            try {
                journal.insert(sql.types().stateTable().get(), process, options);
            } catch (SQLException e) {
                journal.id = 0;
                LOG.warn(
                        "the run is not recorded, so lo-migrate status does not know its rate: {}",
                        SqlFaults.describe(e));
            }
        }
        return journal;
    }

    private void insert(String stateTable, Holder.RunProcess process, String options) throws SQLException {
        connection = connections.open("journal", SILENCE, RunEnd.NEVER);
        if (!JournalTables.exist(connection)) {
            LOG.info("the tables of runs and failures are missing, so lo-migrate status does not know them");
            return;
        }
        String insert = "INSERT INTO " + JournalTables.RUNS + " (source, command, shard, shards, host, pid, started,"
                + " heartbeat, listed, committed, failed, bytes, rate, options) SELECT id, 'migrate', ?, ?, ?, ?,"
                + " pg_catalog.now(), pg_catalog.now(), 0, 0, 0, 0, 0, ?::text::jsonb FROM lo_migrate.source"
                + " WHERE object_table = ? RETURNING source, id";
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setObject(1, shard.map(Shard::number).orElse(null), Types.INTEGER);
            statement.setObject(2, shard.map(Shard::count).orElse(null), Types.INTEGER);
            statement.setString(3, process.host());
            statement.setLong(4, process.pid());
            statement.setString(5, options);
            statement.setString(6, stateTable);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    source = row.getInt(1);
                    id = row.getLong(2);
                }
            }
        }
    }

    /** Starts the heartbeat, with the numbers of these counters. */
    public void watch(Counters ofTheRun) {
        counters = ofTheRun;
        if (id != 0) {
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Records a failure too, and hands it on. */
    public FailureReport and(FailureReport other) {
        return (failure, attempts) -> {
            other.failed(failure, attempts);
            failed(failure, attempts);
        };
    }

    @Override
    public void failed(LoFailure failure, int attempts) {
        if (id != 0 && waitingCount.get() < MOST_WAITING) {
            waitingCount.incrementAndGet();
            waiting.add(new Failed(failure, attempts));
        } else if (id != 0 && !lossSaid) {
            lossSaid = true;
            LOG.warn(
                    "more than {} failures wait to be recorded: lo-migrate status will not know all of them",
                    MOST_WAITING);
        }
    }

    /**
     * How the run ended; to be said before it is closed.
     *
     * @param listedAll every row that is the run's was listed, so that older failures of these rows are out of date
     */
    public void ended(String how, boolean listedAll) {
        outcome = how;
        complete = listedAll;
    }

    private void run() {
        try {
            while (!closed.await(BEAT.toNanos(), TimeUnit.NANOSECONDS)) {
                writeOrLater();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean writeOrLater() {
        try {
            if (connection == null || connection.isClosed()) {
                connection = connections.open("journal", SILENCE, RunEnd.NEVER);
            }
            beat();
            while (!waiting.isEmpty()) {
                writeFailures();
            }
            if (complete) {
                forgetOldFailures();
            }
            return true;
        } catch (SQLException e) {
            LOG.debug("the journal is written later: {}", SqlFaults.describe(e));
            closeConnection();
            return false;
        }
    }

    private void beat() throws SQLException {
        String update = "UPDATE " + JournalTables.RUNS + " SET heartbeat = pg_catalog.now(), listed = ?, committed = ?,"
                + " failed = ?, bytes = ?, rate = ?, outcome = ?,"
                + " ended = CASE WHEN ?::text IS NOT NULL THEN pg_catalog.now() END WHERE id = ?";
        long committed = counters.committed().objects();
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            statement.setLong(1, counters.observed().objects());
            statement.setLong(2, committed);
            statement.setLong(3, counters.failedCount());
            statement.setLong(4, counters.committed().bytes());
            statement.setDouble(5, rate.of(committed));
            statement.setString(6, outcome);
            statement.setString(7, outcome);
            statement.setLong(8, id);
            statement.executeUpdate();
        }
    }

    private void writeFailures() throws SQLException {
        List<Failed> batch = new ArrayList<>();
        for (Failed failed : waiting) { // taken off the queue once they are written
            if (batch.size() < BATCH) {
                batch.add(failed);
            }
        }
        String insert = "INSERT INTO " + JournalTables.FAILURES + " AS f (source, key, oid, reason, message, attempts,"
                + " last_at, run) VALUES (?, ?, ?, ?, ?, ?, pg_catalog.now(), ?) ON CONFLICT (source, key) DO UPDATE SET"
                + " oid = excluded.oid, reason = excluded.reason, message = excluded.message,"
                + " attempts = f.attempts + excluded.attempts, last_at = excluded.last_at, run = excluded.run";
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            for (Failed failed : batch) {
                statement.setInt(1, source);
                statement.setString(2, storable(String.valueOf(failed.failure().hash())));
                statement.setString(3, failed.failure().oid());
                statement.setString(4, failed.failure().reason().name());
                statement.setString(5, failed.failure().message());
                statement.setInt(6, failed.attempts());
                statement.setLong(7, id);
                statement.addBatch();
            }
            statement.executeBatch();
        }
        batch.forEach(written -> waiting.poll());
        waitingCount.addAndGet(-batch.size());
    }

    private static String storable(String key) {
        String text = key.strip();
        return text.length() <= LONGEST_KEY ? text : text.substring(0, LONGEST_KEY);
    }

    /** Of the rows that this run has listed, those that failed before and not now are done, or gone. */
    private void forgetOldFailures() throws SQLException {
        String delete = "DELETE FROM " + JournalTables.FAILURES + " f WHERE f.source = ? AND f.last_at <"
                + " (SELECT r.started FROM " + JournalTables.RUNS + " r WHERE r.id = ?) AND (?::int IS NULL OR f.run IN"
                + " (SELECT r.id FROM " + JournalTables.RUNS + " r WHERE r.source = f.source AND r.shard = ?"
                + " AND r.shards = ?))";
        try (PreparedStatement statement = connection.prepareStatement(delete)) {
            statement.setInt(1, source);
            statement.setLong(2, id);
            statement.setObject(3, shard.map(Shard::number).orElse(null), Types.INTEGER);
            statement.setObject(4, shard.map(Shard::number).orElse(null), Types.INTEGER);
            statement.setObject(5, shard.map(Shard::count).orElse(null), Types.INTEGER);
            statement.executeUpdate();
        }
    }

    /** Writes the end of the run. */
    @Override
    public void close() {
        closed.countDown();
        synchronized (this) {
            if (id != 0 && counters != null) {
                if (outcome == null) {
                    outcome = "ABORTED";
                }
                boolean written = false;
                for (int i = 0; i < TRIES_AT_THE_END && !written; i++) {
                    written = writeOrLater();
                }
                if (!written) {
                    LOG.warn(
                            "the end of the run could not be recorded: lo-migrate status shows it until its heartbeat is old");
                }
            }
            closeConnection();
        }
    }

    private void closeConnection() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            LOG.debug("closing the connection of the journal: {}", SqlFaults.describe(e));
        }
        connection = null;
    }
}
