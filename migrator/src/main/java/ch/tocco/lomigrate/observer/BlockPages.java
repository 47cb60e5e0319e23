package ch.tocco.lomigrate.observer;

import ch.tocco.lomigrate.postgres.SourceSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Pages by ranges of the table's blocks, up to the last block that was there when the pass began. */
final class BlockPages implements Pages {
    /** At 60-100 rows a block, a page is some ten megabytes on the heap. */
    private static final long BLOCKS = 500;

    private final SourceSql sql;
    private final long end;
    private long block;

    BlockPages(SourceSql sql, long end) {
        this.sql = sql;
        this.end = end;
    }

    @Override
    public List<ListedRow> next(Connection connection) throws SQLException {
        if (block >= end) {
            return null;
        }
        long next = Math.min(block + BLOCKS, end);
        try (var statement = connection.prepareStatement(sql.pendingInBlocks())) {
            statement.setString(1, "(" + block + ",0)");
            statement.setString(2, "(" + next + ",0)");
            try (ResultSet result = statement.executeQuery()) {
                List<ListedRow> rows = Pages.rows(result);
                block = next;
                return rows;
            }
        }
    }
}
