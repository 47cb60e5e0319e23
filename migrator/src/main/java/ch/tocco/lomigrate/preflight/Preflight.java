package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.postgres.PatientDdl;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.Catalog;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Refuses a run that could not succeed, before anything is changed; then makes the one change that a run needs. */
public final class Preflight {
    private static final Logger LOG = LogManager.getLogger(Preflight.class);
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String LOCK_TIMEOUT = "5s";

    private final MigrationConfig config;
    private final PgConnections connections;
    private final SourceSql sql;
    private final RunControl control;

    public Preflight(MigrationConfig config, PgConnections connections, SourceSql sql, RunControl control) {
        this.config = config;
        this.connections = connections;
        this.sql = sql;
        this.control = control;
    }

    /** Looks at this process, before anything is opened. */
    public void checkProcess() throws RefusedException {
        OpenFiles.check(config.tuning());
    }

    /** Looks at the database; changes nothing. Returns the source table's oid. */
    public long checkDatabase() throws RefusedException {
        checkPooler();
        try (Connection connection = connections.open("preflight")) {
            control.onEnd(() -> PgConnections.cancel(connection));
            limitLockWaits(connection);
            Catalog catalog = new Catalog(connection, sql);
            List<Finding> findings = new ArrayList<>(new SourceCheck(connection, sql).check());
            if (config.run().finalizeAfter() && catalog.tableOid().isPresent()) {
                findings.addAll(FinalizeCheck.check(catalog, sql)); // better said now than after days of migrating
            }
            findings.add(batchJob(connection, catalog));
            Finding.report(findings);
            return catalog.tableOid().orElseThrow();
        } catch (SQLException e) {
            throw refusal(e);
        }
    }

    /** Without the lock, a pooler is the user's own affair. */
    private void checkPooler() throws RefusedException {
        if (config.run().takeLock()) {
            try {
                PoolerCheck.check(connections, config.faults().requestTimeout());
            } catch (SQLException e) {
                throw refusal(e);
            }
        }
    }

    /** Somebody who watches the start is told within seconds that VACUUM FULL, say, is at work on the table. */
    static void limitLockWaits(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '" + LOCK_TIMEOUT + "'");
        }
    }

    private Finding batchJob(Connection connection, Catalog catalog) throws SQLException {
        return config.run().checkBatchJob()
                ? new BatchJobCheck(connection, catalog).check()
                : Finding.warn("--skip-batch-job-check: whether the batch job is inactive was not looked at");
    }

    /** Adds the SHA-256 column where it is missing, the first change that a run makes. */
    public void addSha2IfMissing() throws RefusedException, InterruptedException {
        if (control.ended()) {
            throw ended(null);
        }
        try (Connection connection = connections.open("preflight")) {
            if (!new Catalog(connection, sql).columns().containsKey(sql.names().sha2())) {
                new PatientDdl(connection, control::ended).execute(sql.addSha2());
                LOG.info("added column {} to {}", sql.names().sha2(), sql.table());
            }
        } catch (SQLException e) {
            throw refusal(e);
        } catch (RunEndedException e) {
            throw ended(e);
        }
    }

    private RefusedException ended(RunEndedException e) {
        return new RefusedException(
                control.abortReason().map(Throwable::getMessage).orElse("stopped before anything was changed"), e);
    }

    private RefusedException refusal(SQLException e) {
        String cause = "database " + connections + ": " + SqlFaults.describe(e);
        return new RefusedException(
                LOCK_NOT_AVAILABLE.equals(e.getSQLState())
                        ? cause + ": another session has " + sql.table()
                                + " locked (VACUUM FULL, ALTER TABLE), run again when it is done"
                        : cause,
                e);
    }
}
