package ch.tocco.lomigrate.source;

import static ch.tocco.lomigrate.mapping.SourceMapping.ALIAS;
import static ch.tocco.lomigrate.mapping.SourceMapping.quoted;

/**
 * The statements that look at all rows of a source to tell which are pending. Where a table has the state, they join it: that
 * takes a tenth of the time of a look into its index for each row, as a listing that goes page by page has to do. Immutable.
 */
public final class CountSql {
    private final SourceSql sql;

    CountSql(SourceSql sql) {
        this.sql = sql;
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
