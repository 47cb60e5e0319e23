package ch.tocco.lomigrate.command;

import ch.tocco.lomigrate.command.Outcome.Kind;
import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.FinalizeConfig;
import ch.tocco.lomigrate.finalize.FinalizeRun;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.locks.RunLock;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.preflight.Preflight;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Finalizes a migrated table without a run: preflight, the lock that keeps runs off the table, finalizing. Needs no bucket.
 * Used once; any thread may call {@link #stop}.
 */
public final class Finalization implements Task {
    private final FinalizeConfig config;
    private final PgConnections connections;
    private final Preflight preflight;
    private final RunControl control = new RunControl();

    /** Prepares the command; opens nothing yet. */
    public Finalization(FinalizeConfig config) {
        this.config = config;
        this.connections = new PgConnections(config.postgres());
        this.preflight =
                new Preflight(connections, new SourceSql(SourceMapping.TOCCO), control, config.requestTimeout());
    }

    @Override
    public Outcome run() throws InterruptedException {
        try {
            finalizeTable();
            return new Outcome(Kind.ALL_MIGRATED, "finalized");
        } catch (RefusedException e) {
            return new Outcome(control.stopped() ? Kind.STOPPED : Kind.REFUSED, e.getMessage(), e);
        } catch (SQLException e) {
            return control.ended() ? ended(e) : new Outcome(Kind.ABORTED, SqlFaults.describe(e), e);
        } catch (RunAborted e) {
            control.abort(e);
            return ended(e);
        } catch (RunEndedException e) {
            return ended(e);
        }
    }

    @Override
    public void stop() {
        control.stop();
    }

    @SuppressWarnings("try") // the lock is only held
    private void finalizeTable() throws SQLException, RefusedException, RunEndedException, InterruptedException {
        Preflight.Found found = preflight.checkFinalization();
        try (RunLock lock = lock(found.oid())) {
            new FinalizeRun(connections, found.sql(), control, config.outageTimeout()).run();
        }
    }

    private RunLock lock(long tableOid) throws SQLException, RefusedException {
        return config.takeLock() ? RunLock.take(connections, control, tableOid, faults(), Optional.empty()) : null;
    }

    private FaultConfig faults() {
        return new FaultConfig(config.outageTimeout(), config.requestTimeout(), Optional.empty(), Duration.ZERO);
    }

    private Outcome ended(Exception cause) {
        return control.abortReason()
                .map(reason -> new Outcome(
                        reason.kind() == RunAborted.Kind.OUTAGE ? Kind.OUTAGE : Kind.ABORTED,
                        reason.getMessage(),
                        reason))
                .orElseGet(() ->
                        new Outcome(Kind.STOPPED, "stopped while finalizing; run it again to complete it", cause));
    }
}
