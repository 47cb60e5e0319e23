package ch.tocco.lomigrate.observer;

import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Keyset pagination over the hash, for relations whose blocks cannot be paged. Rows that share a hash across the end of
 * a page are left for the next pass. Where nearly all rows are migrated, one page may take the time of reading the whole
 * table; the session must be patient.
 */
final class HashPages implements Pages {
    private static final int ROWS = 10_000;

    private final SourceSql sql;

    /** Rows without a hash that were listed: they come first, and have no place in the order of the others. */
    private int withoutHash;

    private boolean nullsEnded;
    private byte[] last;
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
            } else if (full) {
                last = rows.get(ROWS - 1).storedHash();
            } else {
                ended = true;
            }
            return rows;
        }
    }

    private PreparedStatement prepare(Connection connection) throws SQLException {
        if (!nullsEnded) {
            PreparedStatement nulls = connection.prepareStatement(sql.pendingWithoutHash());
            nulls.setInt(1, ROWS);
            nulls.setInt(2, withoutHash);
            return nulls;
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
