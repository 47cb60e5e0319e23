package ch.tocco.lomigrate.listing;

import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds the blocks in which the table of the state has the rows of some blocks of the source. Rows are written to the state
 * in about the order in which they were listed, whatever their keys are, so rows that lie together in the source mostly lie
 * together in the state too. A few of them are looked up to see where.
 */
final class StateBlocks {
    /** Of each block that is looked at: the first rows, as any of them may be gone. */
    private static final int ROWS = 4;

    private static final int LOOKED_AT = 16;

    /** Fewer are found: most rows are pending. */
    private static final int LEAST = LOOKED_AT * ROWS / 4;

    /** More blocks of the state for each of the source are not worth reading: its rows do not lie together. */
    private static final int MOST = 8;

    private final SourceSql sql;

    StateBlocks(SourceSql sql) {
        this.sql = sql;
    }

    /** The listing that joins the blocks of the state; empty: rows had better be looked up one by one. */
    Optional<String> around(Connection connection, long from, long to) throws SQLException {
        long[] found = lookUp(connection, from, to);
        if (found.length < LEAST) {
            return Optional.empty();
        }
        Arrays.sort(found);
        // what lies apart, a giant or a row that was tried again, is looked up
        long first = found[found.length / 8];
        long last = found[found.length - 1 - found.length / 8];
        if (last - first > MOST * (to - from)) {
            return Optional.empty();
        }
        long around = (last - first) / 4 + LOOKED_AT;
        return Optional.of(sql.pendingBetweenNear(Math.max(0, first - around), last + around + 1));
    }

    private long[] lookUp(Connection connection, long from, long to) throws SQLException {
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < LOOKED_AT; i++) {
            long block = from + (to - from) * i / LOOKED_AT;
            for (int row = 1; row <= ROWS; row++) {
                addresses.add("(" + block + "," + row + ")");
            }
        }
        try (var statement = connection.prepareStatement(sql.stateAddresses())) {
            statement.setArray(1, connection.createArrayOf("text", addresses.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                long[] blocks = new long[addresses.size()];
                int count = 0;
                while (rows.next()) {
                    String address = rows.getString(1);
                    if (address != null) {
                        blocks[count++] = Long.parseLong(address.substring(1, address.indexOf(',')));
                    }
                }
                return Arrays.copyOf(blocks, count);
            }
        }
    }
}
