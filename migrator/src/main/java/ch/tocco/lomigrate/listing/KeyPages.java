package ch.tocco.lomigrate.listing;

import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;

/**
 * Keyset pagination over the key, for relations whose blocks cannot be paged. The rows of one key are on one page; where
 * they are too many for that, they are paged by their oids. Where nearly all rows are migrated, one page may take the
 * time of reading the whole table; the session must be patient.
 */
final class KeyPages implements Pages {
    private static final int ROWS = 10_000;

    private final SourceSql sql;
    private final RowReader reader;

    /** Rows with a NULL in their key that were listed: they come first, and have no place in the order of the others. */
    private int withoutKey;

    private boolean nullsEnded;
    private List<String> last;

    /** A key that has more rows than a page, while they are listed, and the last oid of them; else null. */
    private List<String> crowded;

    private long lastOid;
    private boolean ended;

    KeyPages(SourceSql sql) {
        this.sql = sql;
        this.reader = new RowReader(sql);
    }

    @Override
    public List<ListedRow> next(Connection connection) throws SQLException {
        if (ended) {
            return null;
        }
        try (var statement = prepare(connection);
                ResultSet result = statement.executeQuery()) {
            List<ListedRow> rows = Pages.rows(reader, result);
            boolean full = rows.size() == ROWS;
            if (!nullsEnded) {
                withoutKey += rows.size();
                nullsEnded = !full;
                return rows;
            }
            return crowded == null ? wholeKeys(rows, full) : wholeOids(rows, full);
        }
    }

    /** Leaves the last key of a full page to the next one: it may have more rows. */
    private List<ListedRow> wholeKeys(List<ListedRow> rows, boolean full) {
        if (!full) {
            ended = true;
            return rows;
        }
        List<ListedRow> whole = withoutLast(rows, ListedRow::key);
        if (whole.isEmpty()) {
            crowded = rows.get(0).key();
            lastOid = Long.MIN_VALUE;
        } else {
            last = whole.get(whole.size() - 1).key();
        }
        return whole;
    }

    /**
     * The same with the oids of one key. A page of rows that share their oid too is all that is needed of them: for a
     * commit they are one.
     */
    private List<ListedRow> wholeOids(List<ListedRow> rows, boolean full) {
        if (!full) {
            last = crowded;
            crowded = null;
            return rows;
        }
        List<ListedRow> whole = withoutLast(rows, ListedRow::oid);
        List<ListedRow> listed = whole.isEmpty() ? rows : whole;
        lastOid = listed.get(listed.size() - 1).oid();
        return listed;
    }

    /** The rows before those at the end that have the same as the last one. */
    private static List<ListedRow> withoutLast(List<ListedRow> rows, Function<ListedRow, Object> what) {
        int end = rows.size();
        Object lastOne = what.apply(rows.get(end - 1));
        while (end > 0 && what.apply(rows.get(end - 1)).equals(lastOne)) {
            end--;
        }
        return rows.subList(0, end);
    }

    private PreparedStatement prepare(Connection connection) throws SQLException {
        if (!nullsEnded) {
            PreparedStatement nulls = connection.prepareStatement(sql.pendingWithoutKey());
            nulls.setInt(1, ROWS);
            nulls.setInt(2, withoutKey);
            return nulls;
        }
        if (crowded != null) {
            PreparedStatement ofOne = connection.prepareStatement(sql.pendingOfKey());
            int after = set(ofOne, crowded);
            ofOne.setLong(after, lastOid);
            ofOne.setInt(after + 1, ROWS);
            return ofOne;
        }
        if (last == null) {
            PreparedStatement first = connection.prepareStatement(sql.firstPendingByKey());
            first.setInt(1, ROWS);
            return first;
        }
        PreparedStatement next = connection.prepareStatement(sql.nextPendingByKey());
        next.setInt(set(next, last), ROWS);
        return next;
    }

    /** Sets the first parameters to a key; says which is the next. */
    private int set(PreparedStatement statement, List<String> key) throws SQLException {
        int at = 1;
        for (String value : key) {
            statement.setBytes(at++, reader.stored(value));
        }
        return at;
    }
}
