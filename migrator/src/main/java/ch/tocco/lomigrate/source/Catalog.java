package ch.tocco.lomigrate.source;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the system catalog says about the source table. Reads only; for one connection and thread. */
public final class Catalog {
    private final Connection connection;
    private final SourceSql sql;

    public Catalog(Connection connection, SourceSql sql) {
        this.connection = connection;
        this.sql = sql;
    }

    /** True on a hot standby, where nothing can be changed. */
    public boolean inRecovery() throws SQLException {
        return flag("SELECT pg_catalog.pg_is_in_recovery()");
    }

    /** True if this role's sessions may not change anything, whatever rights it has. */
    public boolean isReadOnly() throws SQLException {
        return flag("SELECT pg_catalog.current_setting('transaction_read_only')::bool");
    }

    /** The table's oid; empty if the search path has no such table. */
    public Optional<Long> tableOid() throws SQLException {
        try (var statement = connection.prepareStatement("SELECT pg_catalog.to_regclass(?)::oid::int8")) {
            statement.setString(1, sql.table());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return Optional.ofNullable((Long) row.getObject(1));
            }
        }
    }

    /** The schema of the table, which exists. */
    public String schema() throws SQLException {
        String query = "SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
                + " ON n.oid = c.relnamespace WHERE c.oid = pg_catalog.to_regclass(?)";
        try (var statement = connection.prepareStatement(query)) {
            statement.setString(1, sql.table());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    /** Whether row-level security applies to this role: PostgreSQL then refuses, or else hides rows. */
    public boolean hidesRows(String table) throws SQLException {
        return flag("SELECT pg_catalog.row_security_active(pg_catalog.to_regclass(?)::oid)", table);
    }

    /** True if a table of this name is in the search path. */
    public boolean exists(String table) throws SQLException {
        return flag("SELECT pg_catalog.to_regclass(?) IS NOT NULL", table);
    }

    /** Describes the sessions that hold or await a lock conflicting with UPDATE. */
    public String lockers() throws SQLException {
        String query =
                "SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('pid %s %s %s', pid, CASE WHEN granted THEN 'has' ELSE"
                        + " 'waits for' END, mode), ', ') FROM pg_catalog.pg_locks WHERE locktype = 'relation' AND mode IN"
                        + " ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')"
                        + " AND (relation = pg_catalog.to_regclass(?) OR relation IN"
                        + " (SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = pg_catalog.to_regclass(?)))"
                        + " AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())";
        try (var statement = connection.prepareStatement(query)) {
            statement.setString(1, sql.table());
            statement.setString(2, sql.table());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return Objects.requireNonNullElse(row.getString(1), "no session seems to hold a lock on it now");
            }
        }
    }

    /** The types of the table's columns by their names, as {@code format_type} writes them. */
    public Map<String, String> columns() throws SQLException {
        String query = "SELECT attname, pg_catalog.format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute"
                + " WHERE attrelid = pg_catalog.to_regclass(?) AND attnum > 0 AND NOT attisdropped";
        Map<String, String> types = new HashMap<>();
        try (var statement = connection.prepareStatement(query)) {
            statement.setString(1, sql.table());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    types.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return types;
    }

    /** Whether its rows are its own and all of them: no view, no partitions, no tables that inherit from it. */
    public boolean isPlainTable() throws SQLException {
        return flag(
                "SELECT relkind = 'r' AND NOT relhassubclass FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(?)",
                sql.table());
    }

    /** Whether rows may be read. */
    public boolean maySelect() throws SQLException {
        return maySelect(sql.table());
    }

    /** Whether rows of that table, which exists, may be read. */
    public boolean maySelect(String table) throws SQLException {
        return flag("SELECT pg_catalog.has_table_privilege(pg_catalog.to_regclass(?), 'SELECT')", table);
    }

    /** Whether the hashes may be written. */
    public boolean mayUpdateSha2() throws SQLException {
        return flag(
                "SELECT pg_catalog.has_column_privilege(pg_catalog.to_regclass(?), ?, 'UPDATE')",
                sql.table(),
                sql.stateColumn());
    }

    /** Whether that column of that table may be written. */
    public boolean mayUpdate(String table, String column) throws SQLException {
        return flag("SELECT pg_catalog.has_column_privilege(pg_catalog.to_regclass(?), ?, 'UPDATE')", table, column);
    }

    /** Whether it is a table, perhaps with partitions, and no view. */
    public boolean isTable() throws SQLException {
        return flag(
                "SELECT relkind IN ('r', 'p') FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(?)",
                sql.table());
    }

    /** Whether a valid unique index of all rows has no other columns than those of the key. */
    public boolean keyIsUnique() throws SQLException {
        String names = sql.types().key().stream()
                .map(key -> "'" + key.name().replace("'", "''") + "'")
                .collect(Collectors.joining(", "));
        return flag(
                "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_index i WHERE i.indrelid = pg_catalog.to_regclass(?)"
                        + " AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND NOT EXISTS"
                        + " (SELECT 1 FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY k(n, o) JOIN"
                        + " pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n"
                        + " WHERE k.o <= i.indnkeyatts AND a.attname NOT IN (" + names + ")))",
                sql.table());
    }

    /** Whether columns and indexes may be added. */
    public boolean mayAlter() throws SQLException {
        return flag(
                "SELECT pg_catalog.pg_has_role(relowner, 'USAGE') FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(?)",
                sql.table());
    }

    /** Whether an index may be created: it goes to the schema of the table. */
    public boolean mayCreateInSchema() throws SQLException {
        return flag(
                "SELECT pg_catalog.has_schema_privilege(relnamespace, 'CREATE') FROM pg_catalog.pg_class"
                        + " WHERE oid = pg_catalog.to_regclass(?)",
                sql.table());
    }

    /** Whether a valid index begins with the hash. */
    public boolean sha1IsIndexed() throws SQLException {
        return flag("SELECT EXISTS (" + hashIndexes() + ")", sql.table(), sql.keyColumns());
    }

    /** Whether a valid unique index is on the hash alone. */
    public boolean hashIsUnique() throws SQLException {
        return flag(
                "SELECT EXISTS (" + hashIndexes() + " AND i.indisunique AND i.indnkeyatts = 1)",
                sql.table(),
                sql.keyColumns());
    }

    private static String hashIndexes() {
        return "SELECT 1 FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND"
                + " a.attnum = i.indkey[0] WHERE i.indrelid = pg_catalog.to_regclass(?) AND a.attname = ? AND i.indisvalid AND"
                + " i.indpred IS NULL";
    }

    /** True if the table has more than {@code rows} rows; reads no more than that. */
    public boolean hasMoreThan(long rows) throws SQLException {
        return flag("SELECT pg_catalog.count(*) > " + rows + " FROM (SELECT 1 FROM " + sql.table() + " LIMIT "
                + (rows + 1) + ") rows");
    }

    /** Whether there is a large object in this database. */
    public boolean hasLargeObjects() throws SQLException {
        return flag("SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_largeobject_metadata)");
    }

    /** Whether the column of the SHA-256 is NOT NULL. */
    public boolean sha2IsNotNull() throws SQLException {
        return flag(
                "SELECT attnotnull FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass(?) AND attname = ?",
                sql.table(),
                sql.stateColumn());
    }

    /** Whether the check is there that finalizing adds for a while. */
    public boolean hasNotNullCheck() throws SQLException {
        return flag(
                // From PostgreSQL 18 on a NOT NULL is a constraint too, and may well be of that name.
                "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = pg_catalog.to_regclass(?) AND conname = ?"
                        + " AND contype = 'c')",
                sql.table(),
                sql.finalizing().notNullCheck());
    }

    /** What is known of the index that finalizing builds; empty if there is no such index. */
    public Optional<Sha2Index> sha2Index() throws SQLException {
        String query =
                "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), i.indisvalid, i.indisunique AND i.indpred IS NULL"
                        + " AND i.indnkeyatts = 1 AND i.indrelid = t.oid AND a.attname = ? FROM pg_catalog.pg_class t"
                        + " JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace"
                        + " JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = ?"
                        + " JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid"
                        + " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
                        + " WHERE t.oid = pg_catalog.to_regclass(?)";
        try (var statement = connection.prepareStatement(query)) {
            statement.setString(1, sql.stateColumn());
            statement.setString(2, sql.finalizing().stateIndex());
            statement.setString(3, sql.table());
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Sha2Index(row.getString(1), row.getBoolean(2), row.getBoolean(3)))
                        : Optional.empty();
            }
        }
    }

    /**
     * An index of the name that finalizing gives it.
     *
     * @param name qualified and quoted
     * @param valid false: building it has failed or was interrupted
     * @param asWanted unique, on the SHA-256 alone, of all rows of the source table
     */
    public record Sha2Index(String name, boolean valid, boolean asWanted) {}

    private boolean flag(String query, String... parameters) throws SQLException {
        try (var statement = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }
}
