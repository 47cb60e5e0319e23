package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.config.RunConfig;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.postgres.CommitBounds;
import ch.tocco.lomigrate.postgres.PatientDdl;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.Catalog;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Refuses a command that could not succeed, before anything is changed; then makes the one change that a run needs. */
public final class Preflight {
    private static final Logger LOG = LogManager.getLogger(Preflight.class);
    private static final String LOCK_TIMEOUT = "5s";
    private static final String UNCHANGED = "stopped before anything was changed";

    private final PgConnections connections;
    private final SourceSql sql;
    private final RunControl control;
    private final Duration silence;

    /**
     * Prepares the checks.
     *
     * @param sql of the table as the search path finds it
     * @param silence longest silence of the server before it counts as away
     */
    public Preflight(PgConnections connections, SourceSql sql, RunControl control, Duration silence) {
        this.connections = connections;
        this.sql = sql;
        this.control = control;
        this.silence = silence;
    }

    /**
     * The table that was found and checked.
     *
     * @param oid of the table
     * @param sql of this very table, whatever a session's search path is
     */
    public record Found(long oid, SourceSql sql) {}

    /** Looks at the database before a migration; changes nothing. */
    public Found checkMigration(RunConfig run) throws RefusedException {
        return check((connection, catalog) -> {
            List<Finding> findings = new ArrayList<>(new SourceCheck(connection, sql).check());
            if (run.finalizeAfter() && catalog.tableOid().isPresent()) {
                findings.addAll(FinalizeCheck.check(catalog, sql)); // better now than after days of migrating
            }
            if (!run.finalizeAfter() && catalog.tableOid().isPresent()) {
                findings.add(FinalizeCheck.leftover(catalog, sql));
            }
            findings.add(
                    run.checkBatchJob()
                            ? new BatchJobCheck(connection, catalog).check()
                            : Finding.warn(
                                    "--skip-batch-job-check: lo-migrate did not check whether the batch job is inactive"));
            return findings;
        });
    }

    /** Looks at the database before the table is finalized on its own; changes nothing. */
    public Found checkFinalization() throws RefusedException {
        return check((connection, catalog) -> {
            List<Finding> findings = new ArrayList<>(new SourceCheck(connection, sql).table());
            if (Finding.anyFailed(findings)) {
                return findings;
            }
            String sha2 = sql.stateColumn();
            if (!catalog.columns().containsKey(sha2)) {
                findings.add(Finding.fail(
                        "column " + sha2 + " is missing: no row is migrated yet, so run the migration first"));
            }
            findings.addAll(FinalizeCheck.check(catalog, sql));
            return findings;
        });
    }

    private interface Checks {
        List<Finding> on(Connection connection, Catalog catalog) throws SQLException;
    }

    @SuppressWarnings("try") // the registration only cancels
    private Found check(Checks checks) throws RefusedException {
        try {
            Finding.report(List.of(PoolerCheck.check(connections, silence, control)));
            try (Connection connection = connections.open("preflight", Duration.ZERO, control);
                    RunEnd.Registration cancelling = control.onEnd(() -> PgConnections.cancel(connection))) {
                limitLockWaits(connection);
                Catalog catalog = new Catalog(connection, sql);
                Finding.report(checks.on(connection, catalog));
                return new Found(catalog.tableOid().orElseThrow(), sql.inSchema(catalog.schema()));
            }
        } catch (SQLException e) {
            throw refusal(e);
        }
    }

    /** The user who starts a run hears within seconds that, say, VACUUM FULL is at work on the table. */
    private static void limitLockWaits(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '" + LOCK_TIMEOUT + "'");
        }
    }

    /** Adds the SHA-256 column where it is missing, the first change that a run makes. */
    public void addSha2IfMissing(Found found) throws RefusedException, InterruptedException {
        if (control.ended()) {
            throw ended(UNCHANGED, null);
        }
        SourceSql exact = found.sql();
        try (Connection connection = connections.open("preflight", Duration.ZERO, control)) {
            if (!new Catalog(connection, exact).columns().containsKey(exact.stateColumn())) {
                new PatientDdl(connection, control).execute(exact.addState());
                LOG.info("added column {} to {}", exact.stateColumn(), exact.table());
            }
        } catch (SQLException e) {
            throw refusal(e);
        } catch (RunEndedException e) {
            throw ended(UNCHANGED, e);
        }
    }

    /**
     * Refuses a run whose updates PostgreSQL would never take, before anything is uploaded: writes some, and rolls each
     * back. Call it once the column exists.
     */
    public void tryToCommit(Found found) throws RefusedException {
        try {
            Finding.report(List.of(commitTrial(found)));
        } catch (SQLException e) {
            throw refusal(e);
        }
        if (control.ended()) {
            throw ended("stopped before anything was uploaded", null);
        }
    }

    @SuppressWarnings("try") // the registration only cancels
    Finding commitTrial(Found found) throws SQLException {
        try (Connection connection = connections.open("preflight", silence, control);
                RunEnd.Registration cancelling = control.onEnd(() -> PgConnections.cancel(connection))) {
            try (var statement = connection.createStatement()) {
                statement.execute(SourceSql.forceGenericPlan());
                statement.execute(CommitBounds.setUp(silence.dividedBy(8), silence.dividedBy(2)));
                statement.execute(CommitBounds.halve());
            }
            return new CommitTrial(connection, found.sql()).run();
        }
    }

    private RefusedException ended(String stopped, RunEndedException e) {
        return new RefusedException(
                control.abortReason().map(Throwable::getMessage).orElse(stopped), e);
    }

    private RefusedException refusal(SQLException e) {
        String cause = "database " + connections + ": " + SqlFaults.describe(e);
        return new RefusedException(
                SqlFaults.State.LOCK_NOT_AVAILABLE.is(e)
                        ? cause + ": another session has " + sql.table()
                                + " locked (VACUUM FULL, ALTER TABLE); run again when it is done"
                        : cause,
                e);
    }
}
