package ch.tocco.lomigrate.postgres;

import ch.tocco.lomigrate.lifecycle.Beside;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** A connection that is opened when it is needed, and again after it was closed. For one thread, but for {@link #abort}. */
final class SessionConnection implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(SessionConnection.class);

    /** Sooner than any server or firewall closes a connection for resting. */
    private static final long RESTED_NANOS = Duration.ofMillis(500).toNanos();

    private final PgConnections connections;
    private final String purpose;
    private final Duration silence;
    private final List<String> setUp;
    private final RunEnd giveUp;
    private volatile Connection connection;

    /** When the server last did something on it, in the terms of {@link System#nanoTime}. */
    private long answeredAt;

    /** What {@link #openBeside} began and {@link #get} has not taken yet; else null. */
    private Beside<Connection> opening;

    /**
     * Opens nothing yet.
     *
     * @param setUp statements that every new connection begins with
     * @param giveUp from when on a login is broken off
     */
    SessionConnection(PgConnections connections, String purpose, Duration silence, List<String> setUp, RunEnd giveUp) {
        this.connections = connections;
        this.purpose = purpose;
        this.silence = silence;
        this.setUp = List.copyOf(setUp);
        this.giveUp = giveUp;
    }

    /** Begins to open it on a thread of its own. To be called before the session is used. */
    void openBeside() {
        opening = Beside.begin("open-" + purpose, this::open);
    }

    /**
     * Opens it if it is not open.
     *
     * @throws SQLException also where the wait for it was given up, as for a login that is broken off
     */
    Connection get() throws SQLException, InterruptedException {
        if (connection == null) {
            connection = opening == null ? open() : taken();
            if (giveUp.ended()) {
                // The run may have ended before there was a connection: then its end has aborted none.
                close();
                throw SqlFaults.State.CONNECTION_FAILURE.of("the login was given up");
            }
        }
        return connection;
    }

    private Connection open() throws SQLException {
        Connection opened = connections.open(purpose, silence, giveUp);
        try (var statement = opened.createStatement()) {
            for (String sql : setUp) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    /** What was opened beside, once: after a failure the next try opens another. */
    private Connection taken() throws SQLException, InterruptedException {
        Beside<Connection> begun = opening;
        opening = null;
        return begun.get(SQLException.class);
    }

    /** The server did what was asked on it. */
    void answered() {
        answeredAt = System.nanoTime();
    }

    /** Whether it is open and nothing was asked on it for so long that servers and firewalls may have closed it. */
    boolean hasRested() {
        return connection != null && System.nanoTime() - answeredAt > RESTED_NANOS;
    }

    /** False: it could not be opened, or was closed. Whether it works is not asked. */
    boolean isOpen() {
        return connection != null;
    }

    /** Whether the server does what takes nothing; if not, the connection is closed. */
    boolean answersAProbe() throws InterruptedException {
        try (var statement = get().createStatement()) {
            statement.execute("SELECT 1");
            return true;
        } catch (SQLException e) {
            LOG.debug("{}: probe: {}", purpose, SqlFaults.describe(e));
            close();
            return false;
        }
    }

    /**
     * Ends what the server is doing for it, if anything, and the connection, should the server not even hear that. Any
     * thread may ask for it, and waits some seconds at most.
     */
    void abort() {
        Connection current = connection;
        if (current != null) {
            PgConnections.cancel(current);
            try {
                current.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("aborting the connection of {}: {}", purpose, SqlFaults.describe(e));
            }
        }
    }

    @Override
    public void close() {
        Connection closing = connection;
        connection = null;
        try {
            if (closing == null && opening != null) {
                closing = taken();
            }
            if (closing != null) {
                closing.close();
            }
        } catch (SQLException e) {
            LOG.debug("closing the connection of {}: {}", purpose, SqlFaults.describe(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
