package ch.tocco.lomigrate.references;

import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.references.Relation.Column;
import ch.tocco.lomigrate.references.Relation.Form;
import ch.tocco.lomigrate.references.Relation.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the system catalog says of columns that may name large objects. Locks nothing: no function is asked that opens a
 * table, so a table that another session has locked is in no one's way.
 */
public final class ColumnCatalog {
    static final String PRIMARY_KEY = "primary key";

    /** Types by what their values can be: oids, text or numbers, domains over them, and what holds oids within. */
    private static final String FORMS = """
            WITH RECURSIVE forms(oid, form) AS (
              SELECT t.oid, CASE WHEN t.oid = 'oid'::regtype THEN 'OID' WHEN t.oid = 'numeric'::regtype THEN 'NUMERIC'
                              WHEN t.typcategory = 'S' THEN 'TEXT' ELSE 'INTEGER' END
                FROM pg_type t
               WHERE t.typtype = 'b' AND (t.typcategory = 'S' AND t.typname <> 'char' OR t.oid IN ('oid'::regtype,
                     'numeric'::regtype, 'int2'::regtype, 'int4'::regtype, 'int8'::regtype))
              UNION
              SELECT t.oid, CASE WHEN t.typtype = 'd' THEN f.form ELSE 'NESTED' END
                FROM forms f JOIN pg_type t ON t.typtype = 'd' AND t.typbasetype = f.oid
                  OR f.form IN ('OID', 'NESTED') AND (t.typelem = f.oid AND t.typlen = -1 OR t.typtype = 'c' AND EXISTS (
                    SELECT 1 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'c'
                     WHERE a.attrelid = t.typrelid AND a.atttypid = f.oid AND a.attnum > 0 AND NOT a.attisdropped)))
            """;

    /** Why a column of text or numbers names no large object: other things are known of its values. */
    private static final String CLEARED = """
            CASE WHEN f.form IN ('OID', 'NESTED') THEN NULL
                 WHEN a.attidentity <> '' THEN 'identity column'
                 WHEN EXISTS (SELECT 1 FROM pg_attrdef v JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass
                        AND d.objid = v.oid AND d.refclassid = 'pg_class'::regclass
                        JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S'
                        WHERE v.adrelid = c.oid AND v.adnum = a.attnum) THEN 'filled by a sequence'
                 WHEN EXISTS (SELECT 1 FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
                        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
                        AND d.refobjid = c.oid AND d.refobjsubid = a.attnum) THEN 'owns a sequence'
                 WHEN EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'
                        AND a.attnum = ANY (k.conkey)) THEN 'foreign key'
                 WHEN EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p'
                        AND a.attnum = ANY (k.conkey)) THEN 'primary key' END""";

    /** Inherited columns are left out, partitions' too: a scan of the table above meets their rows. */
    private static final String COLUMNS = FORMS + """
            SELECT c.oid::int8, n.nspname, c.relname, format('%I.%I', n.nspname, c.relname), c.relkind,
                   pg_get_userbyid(c.relowner), CASE
                     WHEN c.relpersistence = 't' AND n.oid <> pg_my_temp_schema() THEN 'a temporary table of another session'
                     WHEN NOT has_schema_privilege(n.oid, 'USAGE') THEN 'this role has no USAGE on its schema'
                     WHEN c.relkind IN ('r', 'p') AND row_security_active(c.oid)
                       THEN 'row-level security may hide rows from this role' END,
                   a.attname, quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), f.form,
                   has_column_privilege(c.oid, a.attnum, 'SELECT'),\s""" + CLEARED + """
            , a.attgenerated <> ''
              FROM pg_attribute a JOIN forms f ON f.oid = a.atttypid JOIN pg_class c ON c.oid = a.attrelid
              JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0 AND c.relkind IN ('r', 'p', 'm', 'v', 'f')
               AND (f.form IN ('OID', 'NESTED') OR c.relkind NOT IN ('v', 'f'))
               AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'lo_migrate', 'lolor')
               AND n.nspname NOT LIKE 'pg\\_toast%'
             ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", a.attnum""";

    /** Other ways to keep large objects, which no oid of this database's own names. */
    private static final String INSTALLATIONS = """
            SELECT what FROM (VALUES
              (1, 'pgEdge lolor', EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'lolor') OR EXISTS (SELECT 1
                FROM pg_class WHERE relname = 'pg_largeobject' AND relnamespace = to_regnamespace('lolor'))),
              (2, 'EDB PGD (bdr.lo_*)', EXISTS (SELECT 1 FROM pg_proc WHERE pronamespace = to_regnamespace('bdr')
                AND proname LIKE 'lo\\_%')),
              (3, 'Postgres Pro sfile', EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pgpro_sfile')
                OR to_regnamespace('pgpro_sfile') IS NOT NULL OR to_regnamespace('pgpro_sfile_data') IS NOT NULL)
              ) i(place, what, found) WHERE found ORDER BY place""";

    private final ReadOnlySession session;

    public ColumnCatalog(ReadOnlySession session) {
        this.session = session;
    }

    /** Names of the installations of other large objects. */
    public List<String> installations() throws SQLException, RunEndedException {
        return session.list(INSTALLATIONS, row -> row.getString(1));
    }

    /** All relations with columns that may name large objects, in the order of their names. */
    public List<Relation> relations() throws SQLException, RunEndedException {
        Map<Long, Relation> found = new LinkedHashMap<>();
        for (Relation each : session.list(COLUMNS, ColumnCatalog::relation)) {
            found.merge(each.oid(), each, ColumnCatalog::together);
        }
        return List.copyOf(found.values());
    }

    private static Relation together(Relation one, Relation other) {
        List<Column> columns = new ArrayList<>(one.columns());
        columns.addAll(other.columns());
        return new Relation(
                one.oid(), one.schema(), one.name(), one.quoted(), one.kind(), one.owner(), one.unreadable(), columns);
    }

    /** A relation with the one column that this row is about. */
    private static Relation relation(ResultSet row) throws SQLException {
        Column column = new Column(
                row.getString(8),
                row.getString(9),
                row.getString(10),
                Form.valueOf(row.getString(11).toUpperCase(Locale.ROOT)),
                row.getBoolean(12),
                Optional.ofNullable(row.getString(13)),
                row.getBoolean(14));
        return new Relation(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                Kind.of(row.getString(5)),
                row.getString(6),
                Optional.ofNullable(row.getString(7)),
                List.of(column));
    }
}
