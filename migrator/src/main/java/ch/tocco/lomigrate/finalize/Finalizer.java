package ch.tocco.lomigrate.finalize;

import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.lifecycle.ServerWords;
import ch.tocco.lomigrate.postgres.PatientDdl;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.Catalog;
import ch.tocco.lomigrate.source.FinalizeSql;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Makes the SHA-256 column UNIQUE and NOT NULL once every row has a SHA-256. Production goes on: PostgreSQL builds the index
 * concurrently, and NOT NULL rests on a check that was validated before. Can run again after any interruption.
 * For one connection and thread.
 */
final class Finalizer {
    private static final Logger LOG = LogManager.getLogger(Finalizer.class);
    private static final String CLEAN_UP_TIMEOUT = "5s";

    private final Connection connection;
    private final SourceSql sql;
    private final Catalog catalog;
    private final RunEnd giveUp;
    private final PatientDdl ddl;

    /** @param giveUp after it no further step begins */
    Finalizer(Connection connection, SourceSql sql, RunEnd giveUp) {
        this.connection = connection;
        this.sql = sql;
        this.catalog = new Catalog(connection, sql);
        this.giveUp = giveUp;
        this.ddl = new PatientDdl(connection, giveUp);
    }

    /** Does the steps that are left. Refuses, and names some rows, while rows are pending or share a SHA-256. */
    void run() throws SQLException, RefusedException, RunEndedException, InterruptedException {
        refusePending();
        requireGoingOn();
        makeUnique();
        requireGoingOn();
        makeNotNull();
        LOG.info("finalized: {} of {} is UNIQUE and NOT NULL", sql.stateColumn(), sql.table());
    }

    /** A stop cancels the running statement; between two statements there is none to cancel. */
    private void requireGoingOn() throws RunEndedException {
        if (giveUp.ended()) {
            throw new RunEndedException("finalizing");
        }
    }

    private void refusePending() throws SQLException, RefusedException {
        long pending = pending();
        if (pending > 0) {
            throw new RefusedException("not finalized: " + pending + " rows are still pending, among them "
                    + String.join(", ", somePending()));
        }
    }

    private long pending() throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql.counts().pending())) {
            row.next();
            return row.getLong(1);
        }
    }

    private List<String> somePending() throws SQLException {
        List<String> rows = new ArrayList<>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql.counts().somePending())) {
            while (row.next()) {
                String key =
                        ServerWords.firstLine(String.valueOf(row.getString(1)).strip());
                rows.add("hash " + key + " (oid " + row.getString(2) + ")");
            }
        }
        return rows;
    }

    private void makeUnique() throws SQLException, RefusedException, RunEndedException {
        Optional<Catalog.Sha2Index> index = catalog.sha2Index();
        if (index.isPresent() && !index.get().asWanted()) {
            throw new RefusedException("not finalized: another index already has the name "
                    + index.get().name());
        }
        if (index.isPresent() && index.get().valid()) {
            LOG.info("index {} exists already", index.get().name());
            return;
        }
        if (index.isPresent()) {
            LOG.info(
                    "index {} is invalid, left by an attempt that failed: dropping it",
                    index.get().name());
            execute(FinalizeSql.dropIndex(index.get().name()));
        }
        refuseDuplicates();
        requireGoingOn();
        buildIndex();
    }

    private void refuseDuplicates() throws SQLException, RefusedException {
        List<String> duplicates = new ArrayList<>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql.finalizing().duplicates())) {
            while (row.next()) {
                duplicates.add(ServerWords.firstLine(
                        row.getString(1) + " in " + row.getLong(2) + " rows with hashes " + row.getString(3)));
            }
        }
        if (!duplicates.isEmpty()) {
            throw new RefusedException(
                    "not finalized: rows share a SHA-256, so it cannot be unique: " + String.join("; ", duplicates));
        }
    }

    private void buildIndex() throws SQLException, RefusedException {
        LOG.info(
                "building the unique index {}; production goes on meanwhile",
                sql.finalizing().stateIndex());
        boolean built = false;
        try {
            execute(sql.finalizing().createStateIndex());
            built = true;
        } catch (SQLException e) {
            if (SqlFaults.State.UNIQUE_VIOLATION.is(e)) {
                throw new RefusedException(
                        "not finalized: a row that was inserted meanwhile has the SHA-256 of another row", e);
            }
            throw e;
        } finally {
            if (!built) {
                dropInvalidIndex();
            }
        }
    }

    private void dropInvalidIndex() {
        try {
            Optional<Catalog.Sha2Index> left = catalog.sha2Index().filter(index -> !index.valid());
            if (left.isPresent()) {
                // DROP INDEX waits for every transaction on the table; building the index may have been stopped while
                // it did so.
                execute("SET statement_timeout = '" + CLEAN_UP_TIMEOUT + "'");
                execute(FinalizeSql.dropIndex(left.get().name()));
            }
        } catch (SQLException e) {
            LOG.warn(
                    "the invalid index {} cannot be dropped, the next finalize drops it: {}",
                    sql.finalizing().stateIndex(),
                    SqlFaults.describe(e));
        }
    }

    private void makeNotNull() throws SQLException, RefusedException, RunEndedException, InterruptedException {
        dropCheck(ddl);
        if (catalog.sha2IsNotNull()) {
            LOG.info("column {} is NOT NULL already", sql.stateColumn());
            return;
        }
        ddl.execute(sql.finalizing().addNotNullCheck());
        boolean set = false;
        try {
            validateCheck();
            requireGoingOn();
            ddl.execute(sql.finalizing().setNotNull());
            set = true;
        } finally {
            if (!set) {
                dropUselessCheck();
            }
        }
        dropCheck(ddl);
    }

    private void validateCheck() throws SQLException, RefusedException {
        try {
            // Reads the whole table under a lock that allows reads and writes; SET NOT NULL then trusts the check.
            execute(sql.finalizing().validateNotNullCheck());
        } catch (SQLException e) {
            if (SqlFaults.State.CHECK_VIOLATION.is(e)) {
                throw new RefusedException("not finalized: rows without SHA-256 were inserted meanwhile, run again", e);
            }
            throw e;
        }
    }

    /** Tries as long as any other step does, even after a stop: the check refuses inserts of production. */
    private void dropUselessCheck() throws InterruptedException {
        try {
            dropCheck(new PatientDdl(connection, RunEnd.NEVER));
        } catch (SQLException | RunEndedException e) {
            LOG.warn(
                    "the check {} cannot be dropped and refuses rows without {}, the next finalize drops it: {}",
                    sql.finalizing().notNullCheck(),
                    sql.stateColumn(),
                    e.getMessage());
        }
    }

    private void dropCheck(PatientDdl by) throws SQLException, RunEndedException, InterruptedException {
        if (catalog.hasNotNullCheck()) {
            by.execute(sql.finalizing().dropNotNullCheck());
        }
    }

    private void execute(String statementText) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(statementText);
        }
    }
}
