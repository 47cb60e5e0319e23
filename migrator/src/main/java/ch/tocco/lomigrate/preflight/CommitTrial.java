package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import ch.tocco.lomigrate.lo.RowKey;
import ch.tocco.lomigrate.lo.SourceRow.Identity;
import ch.tocco.lomigrate.postgres.CommitBounds;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.source.HashSql;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.source.UpdateCatalog;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Finds out whether a SHA-256 can be written at all: runs the real commit statement with a random value on some pending rows,
 * one row per transaction, and rolls each back. It waits for no locked row, and production never waits long for it. What
 * a trigger does outside of the transaction, such as taking a value of a sequence, is not undone. For one connection and
 * thread.
 */
final class CommitTrial {
    /** Rows that are tried at most, and that must fail alike before the run is refused. */
    static final int ROWS = 20;

    private static final int SHA256_BYTES = 32;

    private final Connection connection;
    private final SourceSql sql;
    private final SecureRandom random = new SecureRandom();

    /** @param connection in autocommit, with the bounds of {@link CommitBounds}; left without it */
    CommitTrial(Connection connection, SourceSql sql) {
        this.connection = connection;
        this.sql = sql;
    }

    /**
     * The result of one row.
     *
     * @param state what failures that are alike have in common; null if the SHA-256 was written or the trial proves nothing
     * @param ofTheTable whether any other row would have failed alike
     * @param words about the failure
     */
    private record Try(boolean written, String state, boolean ofTheTable, String words) {
        static final String NOT_UPDATED = "not updated";
        static final Try WRITTEN = new Try(true, null, false, "");

        /** A locked row, or one that has changed since: proves nothing. */
        static final Try NOTHING = new Try(false, null, false, "");

        /** No error, and still no hash. */
        static Try discarded(String words) {
            return new Try(false, NOT_UPDATED, false, words);
        }

        static Try refused(SQLException e) {
            String words = SqlFaults.describe(e);
            return new Try(false, String.valueOf(e.getSQLState()), SqlFaults.isOfTheTable(e), words);
        }
    }

    /** Tries rows until one succeeds or enough have failed. Being unable to try is no reason to refuse the run. */
    Finding run() {
        try {
            connection.setAutoCommit(false);
            return judge(unlockedRows());
        } catch (SQLException e) {
            String words = "could not try to write a SHA-256: " + SqlFaults.describe(e);
            return SqlFaults.kindOf(e) == FaultKind.PASSING ? Finding.ok(words) : Finding.warn(words);
        }
    }

    private Finding judge(List<Identity> rows) throws SQLException {
        List<Try> failed = new ArrayList<>();
        for (Identity row : rows) {
            Try result = attempt(row);
            if (result.written()) {
                return Finding.ok("a SHA-256 can be written to " + sql.table());
            }
            if (result.ofTheTable()) {
                return Finding.fail("no SHA-256 can be written to " + sql.table() + ", as a trial on one row shows: "
                        + result.words() + ". The trial was rolled back; remove the cause and run again");
            }
            if (result.state() != null) {
                failed.add(result);
            }
        }
        if (failed.isEmpty()) {
            return Finding.ok("no row was free for a trial");
        }
        return allAlike(failed);
    }

    private Finding allAlike(List<Try> failed) {
        long kinds = failed.stream().map(Try::state).distinct().count();
        String words = failed.get(0).words();
        if (kinds > 1) {
            return Finding.warn("none of " + failed.size() + " pending rows took a SHA-256 in a trial, which was rolled"
                    + " back, for " + kinds + " different reasons; first: " + words);
        }
        if (failed.size() < ROWS) {
            return Finding.warn("none of " + failed.size() + " pending rows took a SHA-256 in a trial, which was rolled"
                    + " back: " + words);
        }
        return Finding.fail("no SHA-256 can be written to " + sql.table() + ": all " + failed.size()
                + " rows of a trial failed alike: " + words
                + ". The trial was rolled back; remove the cause and run again");
    }

    private List<Identity> unlockedRows() throws SQLException {
        boolean lockable = !new UpdateCatalog(connection, sql).isView();
        List<Identity> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            statement.execute(CommitBounds.patience());
            try (ResultSet found = statement.executeQuery(sql.hashes().someUnlockedPending(ROWS, lockable))) {
                while (found.next()) {
                    rows.add(new Identity(RowKey.of(found.getString(1)), new LargeObject(found.getLong(2))));
                }
            }
        }
        connection.rollback();
        return rows;
    }

    private Try attempt(Identity row) throws SQLException {
        Try result;
        try {
            result = write(row);
        } catch (SQLException e) {
            if (SqlFaults.isBroken(e)) {
                throw e;
            }
            result = SqlFaults.kindOf(e) == FaultKind.PASSING ? Try.NOTHING : Try.refused(e);
        }
        connection.rollback();
        return Try.NOT_UPDATED.equals(result.state()) && isDone(row) ? Try.NOTHING : result;
    }

    /** Whether another run has written the row in the meantime: another shard, or one with --no-lock. */
    private boolean isDone(Identity row) throws SQLException {
        boolean done = !found(List.of(row)).contains(Optional.<String>empty());
        connection.rollback();
        return done;
    }

    private Try write(Identity row) throws SQLException {
        byte[] digest = new byte[SHA256_BYTES];
        random.nextBytes(digest);
        List<Identity> rows = List.of(row);
        String[] sha256s = {HexFormat.of().formatHex(digest)};
        var updated = new BitSet();
        HashSql.execute(connection, sql.hashes().commit(), rows, sha256s, updated::set);
        if (!updated.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET CONSTRAINTS ALL IMMEDIATE");
            }
        }
        List<Optional<String>> now = found(rows);
        if (now.contains(Optional.<String>empty())) {
            return Try.discarded(
                    "PostgreSQL reported no error and the row kept its NULL; a trigger or a rule discards the"
                            + " update");
        }
        if (!now.isEmpty() && !now.contains(Optional.of(sha256s[0]))) {
            return Try.discarded("PostgreSQL reported no error and the row has another value now; a trigger or a rule"
                    + " replaces the SHA-256");
        }
        return updated.isEmpty() ? Try.NOTHING : Try.WRITTEN;
    }

    /** What the rows have in the column of the SHA-256 now. */
    private List<Optional<String>> found(List<Identity> rows) throws SQLException {
        List<Optional<String>> found = new ArrayList<>();
        try (var statement = connection.prepareStatement(sql.hashes().committed())) {
            HashSql.setRows(connection, statement, rows);
            try (ResultSet each = statement.executeQuery()) {
                while (each.next()) {
                    found.add(Optional.ofNullable(each.getString(2)));
                }
            }
        }
        return found;
    }
}
