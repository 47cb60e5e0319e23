package ch.tocco.lomigrate.source;

import static ch.tocco.lomigrate.mapping.SourceMapping.ALIAS;
import static ch.tocco.lomigrate.mapping.SourceMapping.quoted;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The statements that look at all rows of a source to tell which are pending. Where a table has the state, they join it: that
 * takes a tenth of the time of a look into its index for each row, as a listing that goes page by page has to do. The join
 * may write temporary files; {@link #obeyLimits} first. Immutable.
 */
public final class CountSql {
    private final SourceSql sql;

    CountSql(SourceSql sql) {
        this.sql = sql;
    }

    /**
     * Where PostgreSQL limits temporary files, has it join without any for the rest of this session: the keys' indexes have the
     * order that a join needs. That is slower for keys in no order, but a count that exceeds the limit fails.
     */
    public void obeyLimits(Connection connection) throws SQLException {
        if (sql.hasStateTable()) {
            try (var statement = connection.createStatement()) {
                statement.execute("SELECT pg_catalog.set_config(name, 'off', false) FROM (VALUES ('enable_hashjoin'),"
                        + " ('enable_sort'), ('enable_material')) settings (name)"
                        + " WHERE pg_catalog.current_setting('temp_file_limit') <> '-1'");
            }
        }
    }

    /** Number of rows, and of pending ones. */
    public String allAndPending() {
        return "SELECT " + both() + " FROM " + allRows() + " WHERE true" + sql.andWhere();
    }

    /**
     * Rows, and pending ones, by the number of their shard, from 1.
     *
     * @param count how many shards there are
     */
    public String byShard(int count) {
        return "SELECT " + sql.membership().number(count) + " + 1, " + both() + " FROM " + allRows() + " WHERE true"
                + sql.andWhere() + " GROUP BY 1 ORDER BY 1";
    }

    private String both() {
        return "pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE " + isPending() + ")";
    }

    /** Number of pending rows. */
    public String pending() {
        return "SELECT pg_catalog.count(*) FROM " + allRows() + " WHERE " + isPending() + sql.andWhere();
    }

    /** Up to ten pending rows: key and oid. */
    public String somePending() {
        return "SELECT " + sql.shownKey() + ", " + (sql.isInRow() ? SourceSql.VERSION : sql.oid()) + " FROM "
                + allRows() + " WHERE " + isPending() + sql.andWhere() + " LIMIT 10";
    }

    /** The rows, with what a table has recorded of them. */
    private String allRows() {
        if (!sql.hasStateTable()) {
            return sql.from();
        }
        String join = sql.mapping().join();
        return sql.table() + " " + ALIAS + " LEFT JOIN "
                + sql.types().stateTable().get() + " lo_state ON " + sql.stateKeyMatches()
                + (join.isEmpty() ? "" : " " + SqlText.prepared(join));
    }

    /** Whether one of {@link #allRows} is pending. */
    private String isPending() {
        if (!sql.hasStateTable()) {
            return sql.isPending();
        }
        String recordedKey =
                "lo_state." + quoted(SourceSql.stateKey(sql.types().key().get(0).name()));
        return "(" + recordedKey + " IS NULL OR (" + sql.isRecorded() + ") IS NOT TRUE)";
    }
}
