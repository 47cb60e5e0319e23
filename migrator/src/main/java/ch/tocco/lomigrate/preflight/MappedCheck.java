package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.source.Catalog;
import ch.tocco.lomigrate.source.ContentSql;
import ch.tocco.lomigrate.source.Resolver;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.source.StateTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks whether a described source exists, makes sense, and may be read and written. Changes nothing. */
final class MappedCheck {
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
