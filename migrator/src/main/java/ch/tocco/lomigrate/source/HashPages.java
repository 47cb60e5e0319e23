package ch.tocco.lomigrate.source;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;

/**
 * Keyset pagination over the hash, for relations whose blocks cannot be paged. The rows of one hash are on one page; where
 * they are too many for that, they are paged by their oids. Where nearly all rows are migrated, one page may take the
 * time of reading the whole table; the session must be patient.
 */
final class HashPages implements Pages {
    private static final int ROWS = 10_000;

    private final SourceSql sql;

    /** Rows without a hash that were listed: they come first, and have no place in the order of the others. */
    private int withoutHash;

    private boolean nullsEnded;
    private byte[] last;

    /** A hash that has more rows than a page, while they are listed, and the last oid of them; else null. */
    private byte[] crowded;

    private long lastOid;
    private boolean ended;

    HashPages(SourceSql sql) {
        this.sql = sql;
    }

    @Override
    public List<ListedRow> next(Connection connection) throws SQLException {
        if (ended) {
            return null;
        }
        try (var statement = prepare(connection);
                ResultSet result = statement.executeQuery()) {
            List<ListedRow> rows = Pages.rows(result);
            boolean full = rows.size() == ROWS;
            if (!nullsEnded) {
                withoutHash += rows.size();
                nullsEnded = !full;
                return rows;
            }
            return crowded == null ? wholeHashes(rows, full) : wholeOids(rows, full);
        }
    }

    /** Leaves the last hash of a full page to the next one: it may have more rows. */
    private List<ListedRow> wholeHashes(List<ListedRow> rows, boolean full) {
        if (!full) {
            ended = true;
            return rows;
        }
        List<ListedRow> whole = withoutLast(rows, ListedRow::hash);
        if (whole.isEmpty()) {
            crowded = rows.get(0).storedHash();
            lastOid = Long.MIN_VALUE;
        } else {
            last = whole.get(whole.size() - 1).storedHash();
        }
        return whole;
    }

    /**
     * The same with the oids of one hash. A page of rows that share their oid too is all that is needed of them: for a
     * commit they are one.
     */
    private List<ListedRow> wholeOids(List<ListedRow> rows, boolean full) {
        if (!full) {
            last = crowded;
            crowded = null;
            return rows;
        }
        List<ListedRow> whole = withoutLast(rows, HashPages::place);
        List<ListedRow> listed = whole.isEmpty() ? rows : whole;
        lastOid = place(listed.get(listed.size() - 1));
        return listed;
    }

    private static long place(ListedRow row) {
        return row.oid() == null ? -1 : row.oid();
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
            PreparedStatement nulls = connection.prepareStatement(sql.pendingWithoutHash());
            nulls.setInt(1, ROWS);
            nulls.setInt(2, withoutHash);
            return nulls;
        }
        if (crowded != null) {
            PreparedStatement ofOne = connection.prepareStatement(sql.pendingOfHash());
            ofOne.setBytes(1, crowded);
            ofOne.setLong(2, lastOid);
            ofOne.setInt(3, ROWS);
            return ofOne;
        }
        if (last == null) {
            PreparedStatement first = connection.prepareStatement(sql.firstPendingByHash());
            first.setInt(1, ROWS);
            return first;
        }
        PreparedStatement next = connection.prepareStatement(sql.nextPendingByHash());
        next.setBytes(1, last);
        next.setInt(2, ROWS);
        return next;
    }
}
