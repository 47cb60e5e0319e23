package ch.tocco.lomigrate.observer;

import ch.tocco.lomigrate.postgres.SourceSql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Keyset pagination over the hash, for relations whose blocks cannot be paged. A page spans a number of rows whether they
 * are pending or not, so that no statement has to look for pending ones through millions that are migrated. Rows that
 * share their hashes in such numbers that a page would not fit are left for the next pass.
 */
final class HashPages implements Pages {
    /**
     * Rows that a page spans. Read at random places of a slow disk they take seconds, not a minute, and over a line with a
     * delay of 2 ms the pages of 20 million rows take 16 s.
     */
    static final int ROWS = 5_000;

    private final SourceSql sql;
    private final int rows;
    private String last;

    HashPages(SourceSql sql, int rows) {
        this.sql = sql;
        this.rows = rows;
    }

    @Override
    public List<ListedRow> next(Connection connection) throws SQLException {
        if (last == null) {
            List<ListedRow> page = withoutHash(connection);
            last = "";
            return page;
        }
        String end = end(connection);
        if (end == null) {
            return null;
        }
        List<ListedRow> page = upTo(end, connection);
        last = end;
        return page;
    }

    private List<ListedRow> withoutHash(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.pendingWithoutHash())) {
            statement.setInt(1, most());
            return rows(statement);
        }
    }

    private String end(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.hashBehind())) {
            statement.setString(1, last);
            statement.setInt(2, rows - 1);
            statement.setString(3, last);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private List<ListedRow> upTo(String end, Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.pendingInHashes())) {
            statement.setString(1, last);
            statement.setString(2, end);
            statement.setInt(3, most());
            return rows(statement);
        }
    }

    private int most() {
        return 2 * rows;
    }

    private static List<ListedRow> rows(PreparedStatement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery()) {
            return Pages.rows(result);
        }
    }
}
