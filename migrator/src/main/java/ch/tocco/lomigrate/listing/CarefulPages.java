package ch.tocco.lomigrate.listing;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pages by ranges of blocks, of a source with expressions of the operator: where one of them fails for a row, the page
 * is halved until that row is alone, and only it fails.
 */
final class CarefulPages implements Pages {
    private static final long BLOCKS = 500;

    /** So many at a time are joined with the state: few enough that the join fits into the caches of a processor. */
    private static final long JOINED_BLOCKS = 100;

    private final SourceSql sql;
    private final RowReader reader;
    private final StateBlocks stateBlocks;
    private final long end;
    private long block;

    /** @param end number of blocks */
    CarefulPages(SourceSql sql, long end) {
        this.sql = sql;
        this.reader = new RowReader(sql);
        this.stateBlocks = new StateBlocks(sql);
        this.end = end;
    }

    @Override
    public List<ListedRow> next(Connection connection) throws SQLException {
        if (block >= end) {
            return null;
        }
        long next = Math.min(block + BLOCKS, end);
        List<ListedRow> rows = new ArrayList<>();
        if (sql.hasStateTable()) {
            for (long from = block; from < next; from += JOINED_BLOCKS) {
                listJoined(connection, from, Math.min(from + JOINED_BLOCKS, next), rows);
            }
        } else {
            list(connection, block, next, rows);
        }
        block = next;
        return rows;
    }

    /** The same rows as {@link #list}, sooner where most are done and lie together in the state. */
    private void listJoined(Connection connection, long from, long to, List<ListedRow> into) throws SQLException {
        try {
            Optional<String> query = stateBlocks.around(connection, from, to);
            if (query.isPresent()) {
                into.addAll(between(connection, query.get(), tid(from, 0), tid(to, 0)));
                return;
            }
        } catch (SQLException e) {
            throwUnlessOfRows(e);
        }
        list(connection, from, to, into);
    }

    private void list(Connection connection, long from, long to, List<ListedRow> into) throws SQLException {
        try {
            into.addAll(between(connection, tid(from, 0), tid(to, 0)));
        } catch (SQLException e) {
            throwUnlessOfRows(e);
            if (to - from > 1) {
                list(connection, from, (from + to) >>> 1, into);
                list(connection, (from + to) >>> 1, to, into);
            } else {
                oneByOne(connection, from, into);
            }
        }
    }

    private static void throwUnlessOfRows(SQLException e) throws SQLException {
        if (SqlFaults.kindOf(e) != FaultKind.OBJECT) {
            throw e;
        }
    }

    /** The rows of a block. */
    private void oneByOne(Connection connection, long inBlock, List<ListedRow> into) throws SQLException {
        try (var statement = connection.prepareStatement(sql.keysBetween())) {
            statement.setString(1, tid(inBlock, 0));
            statement.setString(2, tid(inBlock + 1, 0));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    one(connection, rows.getString(1), reader.key(rows, 2), into);
                }
            }
        }
    }

    private void one(Connection connection, String address, List<String> key, List<ListedRow> into)
            throws SQLException {
        int comma = address.indexOf(',');
        int number = Integer.parseInt(address.substring(comma + 1, address.length() - 1));
        String after = address.substring(0, comma + 1) + (number + 1) + ")";
        try {
            into.addAll(between(connection, address, after));
        } catch (SQLException e) {
            throwUnlessOfRows(e);
            if (isOurs(connection, address, after)) {
                into.add(ListedRow.unlistable(sql.mapping(), key, SqlFaults.describe(e)));
            }
        }
    }

    /** Whether a row that cannot be listed is this shard's to report. One whose oid cannot be told is the first one's. */
    private boolean isOurs(Connection connection, String address, String after) throws SQLException {
        if (sql.shard().isEmpty()) {
            return true;
        }
        try (var statement = connection.prepareStatement(sql.memberBetween())) {
            statement.setString(1, address);
            statement.setString(2, after);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        } catch (SQLException e) {
            throwUnlessOfRows(e);
            return sql.shard().get().number() == 1;
        }
    }

    private static String tid(long block, int number) {
        return "(" + block + "," + number + ")";
    }

    private List<ListedRow> between(Connection connection, String from, String to) throws SQLException {
        return between(connection, sql.pendingBetween(), from, to);
    }

    private List<ListedRow> between(Connection connection, String query, String from, String to) throws SQLException {
        try (var statement = connection.prepareStatement(query)) {
            statement.setString(1, from);
            statement.setString(2, to);
            try (ResultSet rows = statement.executeQuery()) {
                return Pages.rows(reader, rows);
            }
        }
    }
}
