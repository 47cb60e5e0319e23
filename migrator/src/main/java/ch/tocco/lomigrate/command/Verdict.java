package ch.tocco.lomigrate.command;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.command.Outcome.Kind;
import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.finalize.FinalizeRun;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Runs after the pipeline: counts what is still pending, finalizes if asked to, and decides the outcome. */
public final class Verdict {
    private static final Logger LOG = LogManager.getLogger(Verdict.class);

    private final MigrationConfig config;
    private final PgConnections connections;
    private final SourceSql sql;
    private final RunControl control;

    /** The limit that ended the run, if one did, in a sentence. */
    private final Optional<String> limit;

    /** True once every listed object is settled, so that only the final query and finalizing are left. */
    private boolean atTheEnd;

    /** @param control of the run, whose stages have ended */
    public Verdict(MigrationConfig config, PgConnections connections, SourceSql sql, RunControl control) {
        this.config = config;
        this.connections = connections;
        this.sql = sql;
        this.control = control.limited() ? control.afterLimit() : control;
        this.limit = control.limited() ? control.abortReason().map(RunAborted::getMessage) : Optional.empty();
    }

    /** Decides how the run with these counters ended. */
    public Outcome on(Counters counters) throws RefusedException, InterruptedException {
        if (!counters.balanced()) {
            String imbalance = "the books do not balance: "
                    + counters.observed().objects() + " objects were listed, "
                    + counters.settled() + " are settled; this is a bug, run again and report it";
            return control.abortReason()
                    .map(reason -> new Outcome(
                            Kind.ABORTED, imbalance + "; the run had ended because of: " + reason.getMessage(), reason))
                    .orElseGet(() -> new Outcome(Kind.ABORTED, imbalance));
        }
        return control.ended() ? ended() : finalizeAndJudge(counters.failedCount());
    }

    /** The outcome of a run that ended early. */
    private Outcome ended() {
        if (control.abortReason().isPresent()) {
            RunAborted reason = control.abortReason().get();
            return new Outcome(kind(reason), reason.getMessage(), reason);
        }
        return new Outcome(
                Kind.STOPPED,
                atTheEnd && config.run().finalizeAfter()
                        ? "stopped while finalizing; run again with --finalize to complete it"
                        : "stopped; the next run continues with what is pending");
    }

    private static Kind kind(RunAborted reason) {
        return switch (reason.kind()) {
            case FAULT -> Kind.ABORTED;
            case OUTAGE -> Kind.OUTAGE;
            case LIMIT -> Kind.LIMIT;
            case OVERLOAD -> Kind.OVERLOAD;
        };
    }

    private Outcome finalizeAndJudge(long failed) throws RefusedException, InterruptedException {
        atTheEnd = true;
        try {
            if (limit.isPresent()) {
                long pending = pending();
                if (pending > failed) {
                    return new Outcome(
                            Kind.LIMIT,
                            limit.get() + "; " + failed + " objects failed, " + pending
                                    + " rows are still pending; run again to continue");
                }
            }
            if (config.run().finalizeAfter()) {
                finalizeTable(failed); // refused while a row is pending
                return judge(failed, 0);
            }
            if (sql.mapping().complete() && sql.shard().isEmpty()) {
                LOG.info("finalizing was skipped: without --finalize {} stays as it is", sql.stateColumn());
            }
            return judge(failed, pending());
        } catch (SQLException e) {
            // the end of the run cancelled the statement: what counts is why it ended
            return control.ended()
                    ? ended()
                    : new Outcome(Kind.ABORTED, "at the end of the run: " + SqlFaults.describe(e), e);
        } catch (RunAborted e) {
            control.abort(e);
            return ended();
        } catch (RunEndedException e) {
            return ended();
        }
    }

    private Outcome judge(long failed, long pending) {
        if (failed > 0) {
            return new Outcome(Kind.OBJECTS_FAILED, failed + " objects failed, " + pending + " rows are still pending");
        }
        String all = sql.shard()
                .map(shard -> "all rows of shard " + shard + " are migrated")
                .orElse("all migrated");
        return new Outcome(
                Kind.ALL_MIGRATED,
                pending == 0
                        ? all
                        : all + " but " + pending
                                + " rows that were inserted or changed during the run; the next run takes them");
    }

    /** Counts what is still pending. Waits out an outage here too: the work is done, only the verdict is not. */
    @SuppressWarnings("try") // the registration only aborts
    private long pending() throws SQLException, RunEndedException, InterruptedException {
        Breaker breaker = new Breaker("PostgreSQL", config.faults().outageTimeout(), control);
        try (PgSession session = new PgSession(connections, "verdict", Duration.ZERO, List.of(), breaker, control);
                RunEnd.Registration aborting = control.onEnd(session::abort)) {
            return session.<Long, RunEndedException>call(this::pending);
        }
    }

    private long pending(Connection connection) throws SQLException, RunEndedException {
        if (control.ended()) {
            throw new RunEndedException("the count of what is pending");
        }
        sql.counts().obeyLimits(connection);
        try (var statement = connection.prepareStatement(sql.counts().pending());
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private void finalizeTable(long failed)
            throws SQLException, RefusedException, RunEndedException, InterruptedException {
        try {
            new FinalizeRun(connections, sql, control, config.faults().outageTimeout()).run();
        } catch (RefusedException e) {
            throw failed == 0 ? e : new RefusedException(failed + " objects failed; " + e.getMessage(), e);
        }
    }
}
