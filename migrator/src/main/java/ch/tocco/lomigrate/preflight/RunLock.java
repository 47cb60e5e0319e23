package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.postgres.Backend;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.SqlFaults;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Keeps two runs from working on the same table: a session advisory lock on a connection of its own. A thread monitors the
 * connection and takes the lock again if it breaks.
 */
public final class RunLock implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(RunLock.class);

    /** First half of the lock's key, "LOMI" in ASCII; the table's oid is the other. */
    private static final int APPLICATION = 0x4C4F4D49;

    private static final long WATCH_SECONDS = 5;

    private final PgConnections connections;
    private final RunControl control;
    private final long tableOid;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread watcher = new Thread(this::watch, "run-lock");
    private final FaultConfig faults;
    private Connection connection;

    /** The backend that had the lock last. */
    private Backend holder;

    /** Since when that backend has kept the lock from this run, in the terms of {@link System#nanoTime}; or null. */
    private Long keptSince;

    private RunLock(PgConnections connections, RunControl control, long tableOid, FaultConfig faults) {
        this.connections = connections;
        this.control = control;
        this.tableOid = tableOid;
        this.faults = faults;
    }

    /** Takes the lock and starts watching it. */
    public static RunLock take(PgConnections connections, RunControl control, long tableOid, FaultConfig faults)
            throws SQLException, RefusedException {
        RunLock lock = new RunLock(connections, control, tableOid, faults);
        lock.connectAndLock();
        lock.watcher.setDaemon(true);
        lock.watcher.start();
        return lock;
    }

    /** Does nothing if the lock is still held by this run's own former backend, which is asked to end. */
    private void connectAndLock() throws SQLException, RefusedException {
        Connection opened = connections.open("run-lock", faults.requestTimeout(), control);
        boolean kept = false;
        try {
            if (tryLock(opened)) {
                hold(opened);
                kept = true;
            } else if (holder != null && holder.end(opened)) {
                keptByFormer();
            } else if (tryLock(opened)) { // it may just have ended
                hold(opened);
                kept = true;
            } else {
                throw new RefusedException(
                        "another run works on this table" + holder(opened) + "; to run nevertheless, use --no-lock");
            }
        } finally {
            if (!kept) {
                opened.close();
            }
        }
    }

    private void hold(Connection opened) throws SQLException {
        holder = Backend.of(opened);
        connection = opened;
        keptSince = null;
    }

    private boolean tryLock(Connection opened) throws SQLException {
        String query = "SELECT pg_catalog.pg_try_advisory_lock(" + APPLICATION + ", " + (int) tableOid + ")";
        try (var statement = opened.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** After a broken network the server may not know yet that this run's former connection is gone. */
    private void keptByFormer() {
        if (keptSince == null) {
            keptSince = System.nanoTime();
            LOG.info(
                    "this run's own former backend {} still holds the run lock; lo-migrate asked it to end",
                    holder.pid());
        }
        Duration kept = Duration.ofNanos(System.nanoTime() - keptSince);
        if (kept.compareTo(faults.outageTimeout()) > 0) {
            control.abort(new RunAborted(
                    RunAborted.Kind.OUTAGE,
                    "the run lock cannot be taken again: this run's own former backend (pid " + holder.pid()
                            + ") does not end",
                    null));
        }
    }

    private String holder(Connection connection) throws SQLException {
        String query = "SELECT l.pid, a.client_addr::text FROM pg_catalog.pg_locks l LEFT JOIN"
                + " pg_catalog.pg_stat_activity a USING (pid) JOIN pg_catalog.pg_database d ON d.oid = l.database"
                + " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND d.datname = current_database()"
                + " AND l.classid::int8 = " + APPLICATION + " AND l.objid::int8 = " + tableOid;
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            if (!row.next()) {
                return "";
            }
            String address = row.getString(2);
            return " (backend pid " + row.getInt(1) + (address == null ? "" : ", client " + address) + ")";
        }
    }

    private void watch() {
        try {
            while (!closed.await(WATCH_SECONDS, TimeUnit.SECONDS)) {
                takeAgainIfLost();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            // without monitoring, the lock may be lost unnoticed
            control.bug("the run lock is no longer monitored", e);
        }
    }

    private synchronized void takeAgainIfLost() {
        try {
            if (closed.getCount() == 0 || connection.isValid((int) WATCH_SECONDS)) {
                return;
            }
            connection.close();
            connectAndLock();
            if (!connection.isClosed()) {
                LOG.info("the connection that holds the run lock broke; the lock was taken again");
            }
        } catch (SQLException e) {
            LOG.debug("the run lock cannot be taken again yet: {}", SqlFaults.describe(e));
        } catch (RefusedException e) {
            control.abort(new RunAborted(RunAborted.Kind.FAULT, "the run lock was lost: " + e.getMessage(), e));
        }
    }

    @Override
    public void close() {
        closed.countDown();
        synchronized (this) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("closing the connection of the run lock: {}", SqlFaults.describe(e));
            }
        }
    }
}
