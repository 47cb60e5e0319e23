package ch.tocco.lomigrate.postgres;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Statements that need a strong lock for a moment, in a way that production does not notice: a short lock timeout, so
 * that no session queues up behind them for long, and many tries. For one connection and thread.
 */
public final class PatientDdl {
    private static final Logger LOG = LogManager.getLogger(PatientDdl.class);
    private static final String LOCK_TIMEOUT = "200ms";
    private static final Duration PAUSE = Duration.ofMillis(800);
    private static final int TRIES = 60;

    private final Connection connection;
    private final RunEnd giveUp;

    /** @param giveUp from when on a lock that was not to be had is not tried for again */
    public PatientDdl(Connection connection, RunEnd giveUp) {
        this.connection = connection;
        this.giveUp = giveUp;
    }

    /**
     * Executes {@code ddl}, trying once in any case and for about a minute at most.
     *
     * @throws SQLException with SQLSTATE 55P03 if the lock was never to be had
     * @throws RunEndedException it was given up between two tries
     */
    public void execute(String ddl) throws SQLException, RunEndedException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                inTransaction(ddl);
                return;
            } catch (SQLException e) {
                if (!SqlFaults.State.LOCK_NOT_AVAILABLE.is(e) || attempt == TRIES) {
                    throw e;
                }
                LOG.info("waiting for a moment's lock on the table (try {} of {})", attempt, TRIES);
                pause();
            }
        }
    }

    /** Most of the time that a lock is waited for no statement is under way that could be cancelled. */
    private void pause() throws RunEndedException, InterruptedException {
        giveUp.pause(PAUSE);
        if (giveUp.ended()) {
            throw new RunEndedException("a moment's lock on the table");
        }
    }

    private void inTransaction(String ddl) throws SQLException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '" + LOCK_TIMEOUT + "'");
            statement.execute(ddl);
            connection.commit();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            endTransaction(e);
            throw e;
        }
    }

    private void endTransaction(SQLException reason) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException broken) {
            // Why it broke has been said by the statement.
            reason.addSuppressed(broken);
        }
    }
}
