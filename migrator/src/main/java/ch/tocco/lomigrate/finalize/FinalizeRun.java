package ch.tocco.lomigrate.finalize;

import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.postgres.Backend;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Runs a {@link Finalizer} that outlives its connection. When the connection breaks, it waits until the server is back,
 * terminates the old backend if that is still busy, and does the remaining steps. Used once, by one thread.
 */
public final class FinalizeRun {
    private static final Logger LOG = LogManager.getLogger(FinalizeRun.class);

    /** After this many broken connections the cause may be the statement itself, or a DBA who ends it. */
    static final int MAX_BROKEN = 5;

    private final PgConnections connections;
    private final SourceSql sql;
    private final RunControl control;
    private final Breaker breaker;
    private Backend former;

    /** @param outageTimeout longest outage to wait out */
    public FinalizeRun(PgConnections connections, SourceSql sql, RunControl control, Duration outageTimeout) {
        this.connections = connections;
        this.sql = sql;
        this.control = control;
        this.breaker = new Breaker("PostgreSQL", outageTimeout, control);
    }

    public void run() throws SQLException, RefusedException, RunEndedException, InterruptedException {
        int broken = 0;
        while (!attempt(broken + 1 == MAX_BROKEN)) {
            broken++;
        }
    }

    /** True if done; false if the connection broke and this was not the last try. */
    private boolean attempt(boolean last)
            throws SQLException, RefusedException, RunEndedException, InterruptedException {
        // building an index takes long: no limit on silence
        try (PgSession session = new PgSession(connections, "finalize", Duration.ZERO, List.of(), breaker, control)) {
            Connection connection = session.call(this::withoutFormer);
            former = Backend.of(connection);
            finalizeOver(connection);
            return true;
        } catch (SQLException e) {
            if (last || !SqlFaults.isBroken(e)) {
                throw e;
            }
            LOG.warn("the connection broke while finalizing, starting again: {}", SqlFaults.describe(e));
            return false;
        }
    }

    private Connection withoutFormer(Connection opened) throws SQLException {
        if (former != null && former.end(opened)) {
            LOG.info("terminated backend {}: it was still running the statement of a lost connection", former.pid());
        }
        return opened;
    }

    @SuppressWarnings("try") // the registration only cancels
    private void finalizeOver(Connection connection)
            throws SQLException, RefusedException, RunEndedException, InterruptedException {
        try (RunEnd.Registration cancelling = control.onEnd(() -> PgConnections.cancel(connection))) {
            if (control.ended()) {
                throw new RunEndedException("finalizing");
            }
            new Finalizer(connection, sql, control).run();
        }
    }
}
