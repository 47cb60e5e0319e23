package ch.tocco.lomigrate.source;

import static ch.tocco.lomigrate.mapping.SourceMapping.quoted;

/** The statements that make the column of the state UNIQUE and NOT NULL. Immutable. */
public final class FinalizeSql {
    private final SourceSql sql;

    FinalizeSql(SourceSql sql) {
        this.sql = sql;
    }

    /** Up to ten SHA-256 that more than one row has, with up to three of their keys. */
    public String duplicates() {
        return "SELECT " + sql.state() + ", pg_catalog.count(*), (pg_catalog.array_agg(" + sql.shownKey()
                + "))[1:3]::text FROM "
                + sql.from() + " WHERE " + sql.state() + " IS NOT NULL GROUP BY " + sql.state()
                + " HAVING pg_catalog.count(*) > 1 LIMIT 10";
    }

    /** Name of the unique index that finalizing builds. */
    public String stateIndex() {
        return sql.mapping().table().name() + "_" + sql.stateColumn() + "_key";
    }

    public String createStateIndex() {
        return "CREATE UNIQUE INDEX CONCURRENTLY " + quoted(stateIndex()) + " ON " + sql.table() + " ("
                + quoted(sql.stateColumn()) + ")";
    }

    /** {@code index}: qualified and quoted. */
    public static String dropIndex(String index) {
        return "DROP INDEX CONCURRENTLY IF EXISTS " + index;
    }

    /** Name of the check constraint that exists only while the state column is being made NOT NULL. */
    public String notNullCheck() {
        return sql.mapping().table().name() + "_" + sql.stateColumn() + "_not_null";
    }

    public String addNotNullCheck() {
        return "ALTER TABLE " + sql.table() + " ADD CONSTRAINT " + quoted(notNullCheck()) + " CHECK ("
                + quoted(sql.stateColumn()) + " IS NOT NULL) NOT VALID";
    }

    public String validateNotNullCheck() {
        return "ALTER TABLE " + sql.table() + " VALIDATE CONSTRAINT " + quoted(notNullCheck());
    }

    public String setNotNull() {
        return "ALTER TABLE " + sql.table() + " ALTER COLUMN " + quoted(sql.stateColumn()) + " SET NOT NULL";
    }

    public String dropNotNullCheck() {
        return "ALTER TABLE " + sql.table() + " DROP CONSTRAINT IF EXISTS " + quoted(notNullCheck());
    }
}
