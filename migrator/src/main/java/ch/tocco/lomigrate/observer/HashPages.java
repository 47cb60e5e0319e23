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
    private String last;
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
            ended = rows.size() < ROWS;
            if (!ended) {
                String hash = rows.get(rows.size() - 1).hash();
                last = hash == null ? "" : hash;
            }
            return rows;
        }
    }

    private PreparedStatement prepare(Connection connection) throws SQLException {
        PreparedStatement statement =
                connection.prepareStatement(last == null ? sql.firstPendingByHash() : sql.nextPendingByHash());
        int parameter = 1;
        if (last != null) {
            statement.setString(parameter++, last);
        }
        statement.setInt(parameter, ROWS);
        return statement;
    }
}
