package ch.tocco.lomigrate.source;

import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.mapping.SourceMapping.Assignment;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What the system catalog says about updates of the SHA-256: whether anything forbids them or rides along. Partitions and
 * tables that inherit count too. Reads only; for one connection and thread.
 */
public final class UpdateCatalog {
    /** The table and all below it. The parameter is the table's name. */
    private static final String RELATIONS = "WITH RECURSIVE rel(oid) AS (SELECT pg_catalog.to_regclass(?)::oid UNION"
            + " SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN rel ON i.inhparent = rel.oid) ";

    /** The parameters are names, of a table and of a column of it that is set. */
    private static final String MAY_WAIT = RELATIONS + "SELECT pg_catalog.min(c.relname::text) FROM rel"
            + " JOIN pg_catalog.pg_class c ON c.oid = rel.oid JOIN pg_catalog.pg_attribute a ON a.attrelid = rel.oid"
            + " WHERE a.attname = ? AND (c.relkind NOT IN ('r', 'p')"
            + " OR EXISTS (SELECT 1 FROM pg_catalog.pg_trigger t WHERE t.tgrelid = rel.oid AND NOT t.tgisinternal"
            + " AND t.tgenabled IN ('O', 'A') AND t.tgtype & 16 = 16"
            + " AND (pg_catalog.cardinality(t.tgattr::int2[]) = 0 OR a.attnum = ANY (t.tgattr::int2[])))"
            + " OR EXISTS (SELECT 1 FROM pg_catalog.pg_rewrite w WHERE w.ev_class = rel.oid AND w.ev_type = '2'"
            + " AND w.ev_enabled IN ('O', 'A'))"
            + " OR EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conrelid = rel.oid"
            + " AND k.contype IN ('f', 'x') AND a.attnum = ANY (k.conkey))"
            + " OR EXISTS (SELECT 1 FROM pg_catalog.pg_index i WHERE i.indrelid = rel.oid AND i.indisunique"
            + " AND (a.attnum = ANY (i.indkey::int2[]) OR 0 = ANY (i.indkey::int2[]))))";

    private final Connection connection;
    private final SourceSql sql;

    public UpdateCatalog(Connection connection, SourceSql sql) {
        this.connection = connection;
        this.sql = sql;
    }

    /** The foreign tables among the table and its partitions: their rows are in another database. */
    public Optional<String> foreignTables() throws SQLException {
        return names(
                RELATIONS + "SELECT pg_catalog.string_agg(c.oid::regclass::text, ', ' ORDER BY c.relname)"
                        + " FROM rel JOIN pg_catalog.pg_class c ON c.oid = rel.oid WHERE c.relkind = 'f'",
                sql.table());
    }

    /** Whether it is a view. */
    public boolean isView() throws SQLException {
        return names(
                        "SELECT relname FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass(?) AND relkind = 'v'",
                        sql.table())
                .isPresent();
    }

    /** Whether the SHA-256 is computed by the database. */
    public boolean sha2IsGenerated() throws SQLException {
        return names(
                        "SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass(?)"
                                + " AND attname = ? AND attgenerated <> ''",
                        sql.table(),
                        sql.stateColumn())
                .isPresent();
    }

    /** Whether the SHA-256 may be updated as far as the kind of relation is concerned; true for tables. */
    public boolean isUpdatable() throws SQLException {
        // A column counts as updatable only where rows can be deleted too: not so with a trigger or rule for updates
        // alone.
        String instead = "EXISTS (SELECT 1 FROM pg_catalog.pg_trigger WHERE tgrelid = c.oid AND tgtype & 80 = 80)"
                + " OR EXISTS (SELECT 1 FROM pg_catalog.pg_rewrite WHERE ev_class = c.oid AND ev_type = '2' AND is_instead)";
        // A column that is missing yet says nothing; 4: UPDATE.
        return names(
                        "SELECT relname FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass(?)"
                                + " AND pg_catalog.pg_relation_is_updatable(c.oid, true) & 4 = 4 AND (" + instead
                                + " OR coalesce((SELECT pg_catalog.pg_column_is_updatable(c.oid, a.attnum, true)"
                                + " FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = ?), true))",
                        sql.table(),
                        sql.stateColumn())
                .isPresent();
    }

    /** Tables that are published for logical replication without a replica identity, with their publications. */
    public Optional<String> publishedWithoutIdentity() throws SQLException {
        String publications = "SELECT pg_catalog.string_agg(DISTINCT p.pubname, ', ') AS names"
                + " FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_tables t ON t.pubname = p.pubname"
                + " JOIN pg_catalog.pg_namespace n ON n.nspname = t.schemaname JOIN pg_catalog.pg_class x"
                + " ON x.relnamespace = n.oid AND x.relname = t.tablename WHERE p.pubupdate AND (x.oid = c.oid"
                + " OR x.oid IN (SELECT a.relid::oid FROM pg_catalog.pg_partition_ancestors(c.oid::regclass) a(relid)))";
        String identity = "SELECT 1 FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisvalid AND"
                + " (c.relreplident = 'd' AND i.indisprimary AND i.indimmediate"
                + " OR c.relreplident = 'i' AND i.indisreplident)";
        return names(
                RELATIONS
                        + "SELECT pg_catalog.string_agg(pg_catalog.format('%s (publication %s)', c.oid::regclass, pub.names),"
                        + " ', ' ORDER BY c.relname) FROM rel JOIN pg_catalog.pg_class c ON c.oid = rel.oid"
                        + " CROSS JOIN LATERAL (" + publications
                        + ") pub WHERE c.relkind = 'r' AND pub.names IS NOT NULL"
                        + " AND c.relreplident <> 'f' AND NOT EXISTS (" + identity + ")",
                sql.table());
    }

    /** Rules that do something else instead of an update and do not return its rows: PostgreSQL refuses RETURNING then. */
    public Optional<String> rulesInstead() throws SQLException {
        return names(rules() + "AND is_instead AND pg_catalog.pg_get_ruledef(oid) !~* '\\mRETURNING\\M'", sql.table());
    }

    /** Rules that do something else besides an update. */
    public Optional<String> rulesAlso() throws SQLException {
        return names(rules() + "AND NOT is_instead", sql.table());
    }

    private static String rules() {
        return "SELECT pg_catalog.string_agg(rulename, ', ' ORDER BY rulename) FROM pg_catalog.pg_rewrite WHERE"
                + " ev_class = pg_catalog.to_regclass(?) AND ev_type = '2' AND ev_enabled IN ('O', 'A') ";
    }

    /** Triggers that fire when the SHA-256 is updated, but for those of foreign keys and those that make a view updatable. */
    public Optional<String> triggers() throws SQLException {
        return names(
                RELATIONS + "SELECT pg_catalog.string_agg(DISTINCT t.tgname::text, ', ' ORDER BY t.tgname::text)"
                        + " FROM rel JOIN pg_catalog.pg_trigger t ON t.tgrelid = rel.oid LEFT JOIN"
                        + " pg_catalog.pg_attribute a ON a.attrelid = t.tgrelid AND a.attname = ?"
                        + " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgtype & 80 = 16"
                        + " AND (pg_catalog.cardinality(t.tgattr::int2[]) = 0 OR a.attnum = ANY (t.tgattr::int2[]))",
                sql.table(),
                sql.stateColumn());
    }

    /**
     * Whether a write may wait for locks though its rows are free: for those that triggers and rules take, for the row that
     * a foreign key refers to, for an equal value that another transaction has put into a unique index.
     */
    public boolean mayWait() throws SQLException {
        for (Assignment set : sql.mapping().set()) {
            String table = set.alias().equals(SourceMapping.ALIAS) ? sql.table() : sql.target(set.alias());
            if (names(MAY_WAIT, table, set.column()).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** The first column of the one row; empty where it is NULL or there is no row. */
    private Optional<String> names(String query, String... parameters) throws SQLException {
        try (var statement = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
            }
        }
    }
}
