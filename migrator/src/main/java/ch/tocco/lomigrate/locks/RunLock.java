package ch.tocco.lomigrate.locks;

import static java.util.stream.Collectors.joining;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.postgres.Backend;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.SqlFaults;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Keeps two runs from working on the same rows: session advisory locks on a connection of its own. A run over all rows
 * holds the table's lock alone; shards share that one, and each holds its own. A thread monitors the connection and takes
 * the locks again if it breaks.
 */
public final class RunLock implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(RunLock.class);

    private static final long WATCH_SECONDS = 5;

    /** Holders that a message names. */
    private static final int MOST_SHOWN = 3;

    private final PgConnections connections;
    private final RunControl control;
    private final long tableOid;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread watcher = new Thread(this::watch, "run-lock");
    private final FaultConfig faults;
    private final Optional<Shard> shard;
    private Connection connection;

    /** The backend that had the lock last. */
    private Backend holder;

    /** Since when that backend has kept the lock from this run, in the terms of {@link System#nanoTime}; or null. */
    private Long keptSince;

    private RunLock(
            PgConnections connections, RunControl control, long tableOid, FaultConfig faults, Optional<Shard> shard) {
        this.connections = connections;
        this.control = control;
        this.tableOid = tableOid;
        this.faults = faults;
        this.shard = shard;
    }

    /**
     * Takes the lock and starts watching it. Waits only for a process that takes the same shard: after a machine was lost
     * its engine starts that shard elsewhere, before the server knows that the first process is gone.
     *
     * @param shard what the run takes; empty: all rows
     * @throws RefusedException other runs are in the way
     * @throws RunAborted another process has had the shard for longer than {@code --outage-timeout}
     */
    public static RunLock take(
            PgConnections connections, RunControl control, long tableOid, FaultConfig faults, Optional<Shard> shard)
            throws SQLException, RefusedException {
        RunLock lock = new RunLock(connections, control, tableOid, faults, shard);
        LockWait wait = new LockWait(control, faults.outageTimeout());
        Optional<String> inTheWay = lock.tryOnce(false);
        while (inTheWay.isPresent()) {
            wait.pause(inTheWay.get());
            inTheWay = lock.tryOnce(true);
        }
        lock.watcher.setDaemon(true);
        lock.watcher.start();
        return lock;
    }

    /**
     * What to wait for; empty: the lock is taken.
     *
     * @param waits it has waited already, and also outwaits a server that is away
     */
    private Optional<String> tryOnce(boolean waits) throws SQLException, RefusedException {
        try {
            connectAndLock();
            return Optional.empty();
        } catch (ShardTakenException e) {
            return Optional.of(e.getMessage());
        } catch (SQLException e) {
            if (waits && SqlFaults.kindOf(e) == FaultKind.PASSING) {
                return Optional.of("the run lock cannot be asked for: " + SqlFaults.describe(e));
            }
            throw e;
        }
    }

    /** Does nothing if the lock is still held by this run's own former backend, which is asked to end. */
    private void connectAndLock() throws SQLException, RefusedException, ShardTakenException {
        Connection opened = LockConnection.open(connections, faults.requestTimeout(), control, shard);
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
                throw inTheWay(opened);
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

    private boolean tryLock(Connection opened) throws SQLException, RefusedException {
        LockKey table = LockKey.ofTable(tableOid);
        if (shard.isEmpty()) {
            return LockConnection.tryAlone(opened, table);
        }
        refuseOtherCounts(opened);
        boolean taken = LockConnection.tryShared(opened, table)
                && LockConnection.tryAlone(opened, LockKey.ofShard(tableOid, shard.get()));
        if (taken) {
            refuseOtherCounts(opened); // of two that start at the same time, one sees the other by now
        }
        return taken;
    }

    /** Rows belong to other shards where their number is another: two numbers at a time would migrate rows twice. */
    private void refuseOtherCounts(Connection opened) throws SQLException, RefusedException {
        for (Holder other : Holder.of(opened, tableOid)) {
            if (other.shard().isPresent()
                    && other.shard().get().count() != shard.orElseThrow().count()) {
                throw new RefusedException("a run with another number of shards works on this table (" + other
                        + "); this one would be shard " + shard.get()
                        + ": give all shards of a table the same number, or wait until the others have ended");
            }
        }
    }

    /** Says who has the lock; returns only where it is to be waited for. */
    private ShardTakenException inTheWay(Connection opened) throws SQLException, RefusedException {
        List<Holder> holders = Holder.of(opened, tableOid);
        String first = holders.isEmpty() ? "" : " (" + holders.get(0) + ")";
        if (shard.isPresent()) {
            if (!LockConnection.tryShared(opened, LockKey.ofTable(tableOid))) {
                throw new RefusedException("a run over all rows works on this table" + first
                        + "; run the shards when it has ended, or use --no-lock");
            }
            String same = holders.stream()
                    .filter(other -> other.shard().equals(shard))
                    .map(other -> " (" + other + ")")
                    .findFirst()
                    .orElse("");
            return new ShardTakenException("another process works on shard " + shard.get() + same);
        }
        if (!holders.isEmpty() && holders.get(0).shard().isPresent()) {
            throw new RefusedException(holders.size() + " shards work on this table"
                    + holders.stream().limit(MOST_SHOWN).map(Holder::toString).collect(joining("; ", " (", ")"))
                    + "; run over all rows when they have ended, or use --no-lock");
        }
        throw new RefusedException("another run works on this table" + first + "; to run nevertheless, use --no-lock");
    }

    /** A process that takes the same shard has its lock: it can be waited for. */
    private static final class ShardTakenException extends Exception {
        private static final long serialVersionUID = 1L;

        ShardTakenException(String message) {
            super(message);
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
        } catch (RefusedException | ShardTakenException e) {
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
