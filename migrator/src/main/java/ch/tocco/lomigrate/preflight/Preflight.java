package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.config.RunConfig;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.config.TuningConfig;
import ch.tocco.lomigrate.journal.JournalTables;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.mapping.SourceMapping.StateTable;
import ch.tocco.lomigrate.postgres.CommitBounds;
import ch.tocco.lomigrate.postgres.PatientDdl;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.Catalog;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.source.StateTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
     * @param hasSha2 whether the SHA-256 column was there
     * @param server version of PostgreSQL
     */
    public record Found(long oid, SourceSql sql, boolean hasSha2, String server) {
        private Found with(SourceSql other, boolean sha2) {
            return new Found(oid, other, sha2, server);
        }
    }

    /** Looks at the database before a migration; changes nothing. */
    public Found checkMigration(RunConfig run) throws RefusedException {
        if (!sql.mapping().complete()) {
            return checkMapped(run);
        }
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

    private Found checkMapped(RunConfig run) throws RefusedException {
        List<SourceSql> resolved = new ArrayList<>();
        Found found = check((connection, catalog) -> {
            MappedCheck mapped = new MappedCheck(connection, sql);
            List<Finding> findings = mapped.check();
            mapped.resolved().ifPresent(resolved::add);
            if (run.checkBatchJob()) {
                findings.add(new BatchJobCheck(connection, catalog).check());
            }
            return findings;
        });
        return found.with(resolved.get(0), found.hasSha2());
    }

    /**
     * Where the state of the source is in tables of this tool: looks whether they may be used for this target, and makes
     * them where they are missing. Returns the source with its state.
     */
    public Found prepareState(Found found, S3Config s3, boolean newTarget, boolean published) throws RefusedException {
        if (!(found.sql().mapping().state() instanceof StateTable)) {
            return found;
        }
        try (Connection connection = connections.open("preflight", Duration.ZERO, control)) {
            StateTables state =
                    new StateTables(connection, found.sql(), s3.endpoint().toString(), s3.bucket());
            Finding.report(MappedCheck.state(state, newTarget, published));
            String table = state.table().isPresent() ? state.table().get() : state.create();
            LOG.info("what is done is recorded in {}", table);
            makeJournal(connection);
            return found.with(found.sql().withState(table), false);
        } catch (SQLException e) {
            throw refusal(e);
        }
    }

    /**
     * Whether what is to be set can be written, tried on some pending rows of a described source, each rolled back. Refused if
     * all of them fail.
     *
     * @param found with its state
     */
    @SuppressWarnings("try") // the registration only cancels
    public void tryToSet(Found found, String bucket) throws RefusedException {
        if (found.sql().mapping().complete() || found.sql().mapping().set().isEmpty()) {
            return;
        }
        try (Connection connection = connections.open("preflight", silence, control);
                RunEnd.Registration cancelling = control.onEnd(() -> PgConnections.cancel(connection))) {
            try (var statement = connection.createStatement()) {
                statement.execute(CommitBounds.setUp(silence.dividedBy(8), silence.dividedBy(2)));
            }
            Finding.report(List.of(MappedCheck.trial(connection, found.sql(), bucket)));
        } catch (SQLException e) {
            throw refusal(e);
        }
    }

    /** A state that a DBA has made may lack these tables, and a run can do without. */
    private static void makeJournal(Connection connection) throws SQLException {
        try {
            JournalTables.create(connection);
        } catch (SQLException e) {
            if (SqlFaults.kindOf(e) == FaultKind.PASSING) {
                throw e;
            }
            LOG.info("runs and failures are not recorded: {}", SqlFaults.describe(e));
        }
    }

    /** The statements that {@link #prepareState} would make the state with, and what hands them over to this role. */
    public List<String> stateScript(S3Config s3) throws RefusedException {
        try (Connection connection = connections.open("preflight", Duration.ZERO, control)) {
            MappedCheck mapped = new MappedCheck(connection, sql);
            Finding.report(mapped.check());
            SourceSql resolved = mapped.resolved().orElseThrow();
            List<String> script = new ArrayList<>(
                    new StateTables(connection, resolved, s3.endpoint().toString(), s3.bucket()).script());
            script.addAll(JournalTables.script(connection));
            return script;
        } catch (SQLException e) {
            throw refusal(e);
        }
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
                return new Found(
                        catalog.tableOid().orElseThrow(),
                        sql.inSchema(catalog.schema()),
                        sql.mapping().complete() && catalog.columns().containsKey(sql.stateColumn()),
                        connection.getMetaData().getDatabaseProductVersion());
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

    /**
     * Says whether PostgreSQL would take hashes, before anything is uploaded: writes some, and rolls each back. Says nothing
     * where there is no column for them yet.
     */
    public List<Finding> tryToCommit(Found found) {
        if (!found.sql().mapping().complete() || !found.hasSha2()) {
            return List.of();
        }
        try {
            return List.of(commitTrial(found));
        } catch (SQLException e) {
            return List.of(Finding.fail(words(e)));
        }
    }

    /** Whether PostgreSQL has connections left for the run. */
    public List<Finding> connectionRoom(TuningConfig tuning, Optional<Shard> shard) throws RefusedException {
        try (Connection connection = connections.open("preflight", silence, control)) {
            return new ConnectionRoom(tuning, shard).check(connection);
        } catch (SQLException e) {
            throw refusal(e);
        }
    }

    /** Adds the SHA-256 column where it is missing, the first change that a run makes, and then tries that one. */
    public void addSha2IfMissing(Found found) throws RefusedException, InterruptedException {
        requireGoingOn(UNCHANGED);
        if (found.sql().mapping().complete() && !found.hasSha2()) {
            addSha2(found.sql());
            Finding.report(tryToCommit(found.with(found.sql(), true)));
        }
        requireGoingOn("stopped before anything was uploaded");
    }

    /** Whether {@link #addSha2IfMissing} or {@link #prepareState} may have something to make. */
    public static boolean mayMakeSomething(Found found) {
        return found.sql().mapping().complete()
                ? !found.hasSha2()
                : found.sql().mapping().state() instanceof StateTable;
    }

    private void addSha2(SourceSql exact) throws RefusedException, InterruptedException {
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

    private void requireGoingOn(String stopped) throws RefusedException {
        if (control.ended()) {
            throw ended(stopped, null);
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
        return new RefusedException(words(e), e);
    }

    private String words(SQLException e) {
        String cause = "database " + connections + ": " + SqlFaults.describe(e);
        return SqlFaults.State.LOCK_NOT_AVAILABLE.is(e)
                ? cause + ": another session has " + sql.table()
                        + " locked (VACUUM FULL, ALTER TABLE); run again when it is done"
                : cause;
    }
}
