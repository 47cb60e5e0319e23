package ch.tocco.lomigrate.listing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Pages by ranges of the table's blocks, up to the last block that was there when the pass began. */
final class BlockPages implements Pages {
    /** At 60-100 rows a block, a page is some ten megabytes on the heap. */
    private static final long BLOCKS = 500;

    private final RowReader reader;
    private final String sql;
    private final long end;
    private long block;

    /**
     * Makes pages of a relation.
     *
     * @param reader knows what it lists
     * @param sql lists the pending rows from one block to before another
     * @param end number of blocks
     */
    BlockPages(RowReader reader, String sql, long end) {
        this.reader = reader;
        this.sql = sql;
        this.end = end;
    }

    @Override
    public List<ListedRow> next(Connection connection) throws SQLException {
        if (block >= end) {
            return null;
        }
        long next = Math.min(block + BLOCKS, end);
        try (var statement = connection.prepareStatement(sql)) {
            statement.setLong(1, block);
            statement.setLong(2, next);
            try (ResultSet result = statement.executeQuery()) {
                List<ListedRow> rows = Pages.rows(reader, result);
                block = next;
                return rows;
            }
        }
    }
}
