package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.Catalog;
import ch.tocco.lomigrate.source.ColumnTypes;
import ch.tocco.lomigrate.source.ContentSql;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Checks that the source table has the expected form and that this role has the rights of a run. Changes nothing. */
final class SourceCheck {

    /** Without an index every commit reads the whole table. */
    private static final long MAX_ROWS_WITHOUT_INDEX = 100_000;

    private final Connection connection;
    private final SourceSql sql;
    private final Catalog catalog;

    SourceCheck(Connection connection, SourceSql sql) {
        this.connection = connection;
        this.sql = sql;
        this.catalog = new Catalog(connection, sql);
    }

    /** Whether the server takes changes, and has the table. */
    List<Finding> table() throws SQLException {
        List<Finding> findings = new ArrayList<>(server());
        if (catalog.tableOid().isEmpty()) {
            findings.add(Finding.fail("there is no table " + sql.table() + " in the search path of this database"));
        }
        return findings;
    }

    /** Runs every check whose preconditions hold. */
    List<Finding> check() throws SQLException {
        List<Finding> findings = new ArrayList<>(table());
        if (catalog.tableOid().isEmpty()) {
            return findings;
        }
        Map<String, String> types = catalog.columns();
        findings.addAll(columns(types));
        if (Finding.anyFailed(findings)) {
            return findings;
        }
        boolean sha2Exists = types.containsKey(sql.stateColumn());
        boolean maySelect = catalog.maySelect();
        List<Finding> updates = new UpdateCheck(connection, sql).check();
        findings.addAll(updates);
        findings.addAll(privileges(maySelect, sha2Exists));
        Finding rowSecurity = rowSecurity(catalog, sql.table());
        findings.add(rowSecurity);
        if (maySelect && rowSecurity.level() == Finding.Level.OK && !Finding.anyFailed(updates)) {
            findings.add(index());
            findings.add(largeObjectsAreReadable(sha2Exists));
        }
        return findings;
    }

    private List<Finding> server() throws SQLException {
        if (catalog.inRecovery()) {
            return List.of(
                    Finding.fail("the server is a standby, which takes no updates: name the primary in --pg-url"));
        }
        if (catalog.isReadOnly()) {
            return List.of(
                    Finding.fail(
                            "this role's sessions are read-only, so no SHA-256 can be written: ALTER ROLE … SET"
                                    + " default_transaction_read_only = off, or make the server writable if it is read-only as a whole"));
        }
        return List.of();
    }

    private List<Finding> columns(Map<String, String> types) {
        List<String> wrong = new ColumnTypes(types).wrongFor(sql);
        return List.of(
                wrong.isEmpty()
                        ? Finding.ok("the columns of " + sql.table() + " have the expected types")
                        : Finding.fail("table " + sql.table() + " is not as expected: " + String.join("; ", wrong)));
    }

    private List<Finding> privileges(boolean maySelect, boolean sha2Exists) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        String table = sql.table();
        String sha2 = sql.stateColumn();
        if (!maySelect) {
            findings.add(Finding.fail("this role may not read " + table + ": GRANT SELECT ON " + table + " TO …"));
        }
        if (sha2Exists && !catalog.mayUpdateSha2()) {
            findings.add(Finding.fail(
                    "this role may not write " + sha2 + ": GRANT UPDATE (" + sha2 + ") ON " + table + " TO …"));
        }
        if (!sha2Exists && !catalog.mayAlter()) {
            findings.add(Finding.fail("column " + sha2 + " is missing and this role may not add it: let the owner run "
                    + sql.addState()));
        }
        return findings;
    }

    /** Refuses even a policy that lets everything pass: a run would silently leave behind the rows that it does not see. */
    static Finding rowSecurity(Catalog catalog, String table) throws SQLException {
        return catalog.hidesRows(table)
                ? Finding.fail("row-level security of " + table + " applies to this role and may hide rows from it:"
                        + " ALTER ROLE … BYPASSRLS (by a superuser), or run as the owner of the table without FORCE ROW"
                        + " LEVEL SECURITY; no policy is enough")
                : Finding.ok("row-level security hides no row of " + table);
    }

    private Finding index() throws SQLException {
        String column = sql.keyColumns();
        if (catalog.sha1IsIndexed()) {
            return catalog.hashIsUnique()
                    ? Finding.ok("column " + column + " has a unique index")
                    : Finding.warn("column " + column
                            + " has no unique index: rows that share a hash and an oid are committed together");
        }
        String missing = "no valid index begins with column " + column + ", so every commit reads the whole table";
        return catalog.hasMoreThan(MAX_ROWS_WITHOUT_INDEX)
                ? Finding.fail(missing + ": create one first")
                : Finding.warn(missing);
    }

    /** Permissions differ per object, so this is a sample: refused only if not one of it may be read. */
    private Finding largeObjectsAreReadable(boolean sha2Exists) throws SQLException {
        int readable = 0;
        int denied = 0;
        List<Long> sample = sample(sha2Exists);
        if (!sample.isEmpty() && !catalog.hasLargeObjects()) {
            return Finding.fail("rows of " + sql.table() + " are pending, but there is no large object at all in this"
                    + " database: it was probably restored without them; restore it with its large objects first"
                    + " (pg_dump --large-objects)");
        }
        for (long oid : sample) {
            try (var statement = connection.prepareStatement(ContentSql.readBatch())) {
                statement.setArray(1, connection.createArrayOf("int8", new Long[] {oid}));
                statement.setArray(2, connection.createArrayOf("int4", new Integer[] {1}));
                try (ResultSet row = statement.executeQuery()) {
                    // A missing object says nothing about rights.
                    readable += row.next() && row.getBytes(2) != null ? 1 : 0;
                }
            } catch (SQLException e) {
                if (!SqlFaults.State.INSUFFICIENT_PRIVILEGE.is(e)) {
                    throw e;
                }
                denied++;
            }
        }
        if (denied > 0 && readable == 0) {
            return Finding.fail("this role may not read the large objects: be their owner or superuser, GRANT SELECT"
                    + " ON LARGE OBJECT … for each, or ALTER ROLE … SET lo_compat_privileges = on (by a superuser)");
        }
        if (!sample.isEmpty() && readable == 0) {
            return Finding.warn(
                    "NOT ONE of the " + sample.size() + " large objects in a sample exists: the database was probably"
                            + " restored without some or all of its large objects; their rows will fail with MISSING");
        }
        return Finding.ok(readable + " large objects of a sample can be read");
    }

    private List<Long> sample(boolean sha2Exists) throws SQLException {
        List<Long> oids = new ArrayList<>();
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql.somePendingOids(sha2Exists))) {
            while (rows.next()) {
                oids.add(rows.getLong(1));
            }
        }
        return oids;
    }
}
