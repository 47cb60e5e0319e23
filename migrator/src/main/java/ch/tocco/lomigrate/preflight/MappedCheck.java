package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.RowContent;
import ch.tocco.lomigrate.lo.RowContent.InRow;
import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import ch.tocco.lomigrate.lo.RowKey;
import ch.tocco.lomigrate.lo.SourceRow.Identity;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.postgres.CommitBounds;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.Catalog;
import ch.tocco.lomigrate.source.CommitRows;
import ch.tocco.lomigrate.source.ContentSql;
import ch.tocco.lomigrate.source.Resolver;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.source.StateTables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks whether a described source exists, makes sense, and may be read and written. Changes nothing. */
final class MappedCheck {
    /** Rows that are tried at most, and that must all fail before a run is refused. */
    private static final int TRIED = 20;

    private final Connection connection;
    private final SourceSql unresolved;
    private final List<Finding> findings = new ArrayList<>();

    /** What the description means to the database; empty until {@link #check} has found nothing wrong with it. */
    private Optional<SourceSql> resolved = Optional.empty();

    MappedCheck(Connection connection, SourceSql unresolved) {
        this.connection = connection;
        this.unresolved = unresolved;
    }

    Optional<SourceSql> resolved() {
        return resolved;
    }

    /** Runs every check whose preconditions hold. */
    List<Finding> check() throws SQLException {
        findings.addAll(new SourceCheck(connection, unresolved).table());
        Catalog catalog = new Catalog(connection, unresolved);
        if (catalog.tableOid().isEmpty()) {
            return findings;
        }
        if (!catalog.maySelect()) {
            findings.add(Finding.fail("this role may not read " + unresolved.table() + ": GRANT SELECT ON "
                    + unresolved.table() + " TO …"));
            return findings;
        }
        findings.add(SourceCheck.rowSecurity(catalog, unresolved.table()));
        Resolver resolver = new Resolver(connection, unresolved.inSchema(catalog.schema()));
        Optional<SourceSql> found = resolver.resolve();
        resolver.mistakes().forEach(mistake -> findings.add(Finding.fail(mistake)));
        if (found.isPresent()) {
            checkKey(new Catalog(connection, found.get()), found.get());
            checkRights(new Catalog(connection, found.get()), found.get());
            checkStorage(found.get());
            checkWanted(found.get());
        }
        if (!Finding.anyFailed(findings)) {
            resolved = found;
        }
        return findings;
    }

    private void checkKey(Catalog catalog, SourceSql sql) throws SQLException {
        if (!catalog.isTable()) {
            findings.add(Finding.warn("whether " + sql.keyColumns() + " is unique in " + sql.table()
                    + " cannot be told, as it is no table"));
        } else if (!catalog.keyIsUnique()) {
            findings.add(Finding.fail("no valid unique index of " + sql.table() + " has only columns of the key "
                    + sql.keyColumns() + ", so rows could not be told apart: name other columns with --key"));
        }
    }

    private void checkWanted(SourceSql sql) throws SQLException {
        int wanted = sql.mapping().only().size();
        if (wanted == 0) {
            return;
        }
        try (var statement = connection.prepareStatement(sql.missingKeys());
                ResultSet row = statement.executeQuery()) {
            row.next();
            long missing = row.getLong(1);
            findings.add(
                    missing == 0
                            ? Finding.ok("each of the " + wanted + " keys of --keys-from has a row")
                            : Finding.warn(missing + " of the " + wanted + " keys of --keys-from have no row"));
        } catch (SQLException e) {
            if (SqlFaults.kindOf(e) == FaultKind.PASSING) {
                throw e;
            }
            findings.add(Finding.fail("--keys-from: " + SqlFaults.describe(e)));
        }
    }

    /** Whether content in the rows can be read in pieces. */
    private void checkStorage(SourceSql sql) throws SQLException {
        if (!sql.mapping().content().inRow()) {
            return;
        }
        String bytes = sql.mapping().content().expression();
        ContentSql.Storage storage = new ContentSql(sql).storage(connection);
        boolean column = bytes.matches("(t\\.)?(\"([^\"]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)");
        if (column && storage.compressed() == 0) {
            findings.add(Finding.ok("the content is stored uncompressed, so large values are read in pieces"));
            return;
        }
        findings.add(Finding.warn("--bytes " + bytes + " "
                + (column
                        ? "is compressed in " + storage.compressed() + " of the first " + storage.rows() + " rows"
                        : "is computed")
                + ": PostgreSQL holds such a value as a whole, up to three times its size, while it is read (the largest of"
                + " these rows has " + storage.largest()
                + " bytes), once for each of --receiver-threads and one more"));
    }

    private void checkRights(Catalog catalog, SourceSql sql) throws SQLException {
        for (SourceMapping.Assignment set : sql.mapping().set()) {
            String table = sql.target(set.alias());
            if (!catalog.mayUpdate(table, set.column())) {
                findings.add(Finding.fail("this role may not write " + set.column() + " of " + table
                        + ": GRANT UPDATE (" + set.column() + ") ON " + table + " TO …"));
            }
        }
    }

    /**
     * Writes what is to be set to some pending rows, one a transaction, and rolls each back. Waits for no row. What proves
     * nothing, such as rows that are all locked, is no reason to refuse the run.
     */
    static Finding trial(Connection connection, SourceSql sql, String bucket) {
        int written = 0;
        Map<String, Integer> failures = new LinkedHashMap<>();
        try {
            connection.setAutoCommit(false);
            for (CommitRows.Stored row : rowsToTry(connection, sql)) {
                try {
                    written += write(connection, new CommitRows(connection, sql, bucket, List.of(row)));
                } catch (SQLException e) {
                    failures.merge(SqlFaults.describe(e), 1, Integer::sum);
                }
                connection.rollback();
            }
        } catch (SQLException e) {
            return Finding.ok("what is to be set was not tried: " + SqlFaults.describe(e));
        }
        if (written > 0 || failures.isEmpty()) {
            return Finding.ok(
                    "what is to be set was written in a trial, which was rolled back, to " + written + " rows");
        }
        int tried = failures.values().stream().mapToInt(n -> n).sum();
        String words = "what is to be set could not be written to any of " + tried
                + " rows in a trial, which was rolled back: " + String.join("; ", failures.keySet());
        return tried == TRIED ? Finding.fail(words) : Finding.warn(words);
    }

    /** Production does not wait for it for long, whatever triggers wait for. */
    private static int write(Connection connection, CommitRows rows) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(CommitBounds.shared(rows.statements()));
        }
        return rows.write().size();
    }

    private static List<CommitRows.Stored> rowsToTry(Connection connection, SourceSql sql) throws SQLException {
        List<CommitRows.Stored> rows = new ArrayList<>();
        int columns = sql.types().key().size();
        try (var statement = connection.prepareStatement(sql.somePendingRows())) {
            statement.setInt(1, TRIED);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    List<String> key = new ArrayList<>();
                    for (int i = 1; i <= columns; i++) {
                        key.add(result.getString(i));
                    }
                    String content = result.getString(columns + 1);
                    if (!key.contains(null) && content != null && content.matches("[1-9][0-9]{0,9}")) {
                        rows.add(stored(key, content, sql.mapping().content().inRow()));
                    }
                }
            }
        }
        return rows;
    }

    private static CommitRows.Stored stored(List<String> key, String content, boolean inRow) {
        RowContent named = inRow ? new InRow(content) : new LargeObject(Long.parseLong(content));
        return new CommitRows.Stored(
                new Identity(new RowKey(key), named), "lo-migrate-trial", "0".repeat(64), "0".repeat(32), 0);
    }

    /** Whether the state that is recorded, if any, is that of this target, and may be written. */
    static List<Finding> state(StateTables state, boolean newTarget, boolean published) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        List<String> foreign = state.foreign();
        if (!foreign.isEmpty()) {
            findings.add(
                    Finding.fail("tables of schema " + StateTables.SCHEMA + " are not this role's, or have triggers or"
                            + " rules, so what they say is not trusted: " + String.join(", ", foreign)));
            return findings;
        }
        List<String> publications = state.publications();
        if (!publications.isEmpty() && !published) {
            findings.add(Finding.fail("publication " + String.join(", ", publications)
                    + " would take the tables of schema " + StateTables.SCHEMA
                    + " to subscribers, and stop those that do not"
                    + " have them: create them there first (lo-migrate profiles --ddl) and say --state-published, or"
                    + " publish other tables only"));
        }
        List<StateTables.Recorded> recorded = state.recorded();
        if (state.table().isPresent()) {
            return findings;
        }
        if (!recorded.isEmpty() && !newTarget) {
            findings.add(Finding.fail("what is recorded of this source is about another target: " + recorded.get(0)
                    + "; this run has " + state.wanted() + ". --new-target starts anew beside it"));
        }
        if (!state.mayCreate()) {
            findings.add(
                    Finding.fail(
                            "this role may not create the tables that record what is done: let the owner of the"
                                    + " database GRANT CREATE, or run what lo-migrate profiles --ddl prints with the same flags"));
        }
        return findings;
    }
}
