package ch.tocco.lomigrate.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.testkit.Backends;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.SourceDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every pending row is listed once, however rows share hashes, and no statement looks at more rows than a page spans. */
@ExtendWith(Backends.class)
@Timeout(120)
final class HashPagesIT {
    private static final int ROWS = 500;
    private static final Pattern ROWS_OF_NODE = Pattern.compile("rows=(\\d+)|Removed by [\\w ]+: (\\d+)");

    private SourceDatabase database;
    private Connection connection;

    @BeforeEach
    void connect(SourceDatabase fresh) throws SQLException {
        database = fresh;
        connection = database.connect();
        database.execute("ALTER TABLE _nice_binary DROP CONSTRAINT _nice_binary_pkey, ALTER COLUMN hash DROP NOT NULL;"
                + " CREATE INDEX ON _nice_binary (hash)");
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    /** Rows of the oids from {@code first} to {@code last}, whose hash is this SQL expression of {@code i}. */
    private void insert(long first, long last, String hash) throws SQLException {
        database.execute("INSERT INTO _nice_binary (hash, size, mime_type, data) SELECT " + hash
                + ", 1, 'a/b', i FROM generate_series(" + first + ", " + last + ") i");
    }

    private List<Long> listed(int rows) throws SQLException {
        var pages = new HashPages(Sessions.SQL, rows);
        List<Long> oids = new ArrayList<>();
        for (List<ListedRow> page = pages.next(connection); page != null; page = pages.next(connection)) {
            assertThat(page).hasSizeLessThanOrEqualTo(2 * rows);
            page.forEach(row -> oids.add(row.oid()));
        }
        return oids;
    }

    private static Long[] numbers(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toArray(Long[]::new);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 19, 20, 21, 100})
    void everyRowIsListedOnceWhereverAPageEnds(int rows) throws SQLException {
        insert(1, 20, "lpad(to_hex(i), 40, '0')");
        assertThat(listed(rows)).containsExactlyInAnyOrder(numbers(1, 20));
    }

    @Test
    void rowsThatShareAHashAcrossTheEndOfAPageAreListedTogether() throws SQLException {
        insert(1, 20, "lpad((i / 2)::text, 40, '0')");
        assertThat(listed(3)).containsExactlyInAnyOrder(numbers(1, 20));
    }

    @Test
    void rowsThatShareAHashInNumbersBeyondAPageHoldUpNoOthers() throws SQLException {
        insert(1, 100, "repeat('a', 40)");
        insert(101, 110, "lpad(i::text, 40, 'b')");
        assertThat(listed(5)).hasSize(20).contains(numbers(101, 110));
    }

    @Test
    void rowsWithoutAHashAreListedToo() throws SQLException {
        insert(1, 3, "NULL");
        insert(4, 5, "''");
        insert(6, 7, "repeat(' ', 40)");
        insert(8, 9, "E'\\t'");
        assertThat(listed(10)).containsExactlyInAnyOrder(numbers(1, 9));
    }

    @Test
    void emptyTableHasNothing() throws SQLException {
        assertThat(listed(10)).isEmpty();
    }

    @Test
    void pageIsReadAgainAfterAFailure() throws SQLException {
        insert(1, 20, "lpad(to_hex(i), 40, '0')");
        var pages = new HashPages(Sessions.SQL, 10);
        pages.next(connection);
        pages.next(connection);
        connection.setAutoCommit(false);
        assertThatThrownBy(() -> connection.createStatement().execute("SELECT 1 / 0"));
        assertThatThrownBy(() -> pages.next(connection)).hasMessageContaining("transaction is aborted");
        connection.rollback();
        assertThat(pages.next(connection)).extracting(ListedRow::oid).containsExactlyInAnyOrder(numbers(11, 20));
    }

    /** A run that is nearly done must not look for its last rows in one statement, which would take minutes. */
    @Test
    void noStatementLooksAtMoreRowsThanAPageSpans() throws SQLException {
        insert(1, 20_000, "lpad(to_hex(i), 40, '0')");
        database.execute("UPDATE _nice_binary SET sha2 = repeat('0', 64) WHERE data < 20000");
        database.execute("VACUUM ANALYZE _nice_binary");
        assertThat(listed(ROWS)).containsExactly(20_000L);
        String middle = "0".repeat(36) + "1000";
        String end = String.format("%040x", 0x1000 + ROWS);
        assertThat(rowsLookedAt(Sessions.SQL.hashBehind(), middle, ROWS - 1, middle))
                .isBetween(1L, (long) ROWS);
        assertThat(rowsLookedAt(Sessions.SQL.pendingInHashes(), middle, end, 2 * ROWS))
                .isBetween(1L, (long) ROWS);
        assertThat(rowsLookedAt(Sessions.SQL.pendingWithoutHash(), ROWS)).isZero();
    }

    /** The most that one node of the plan has read, as the server counted. */
    private long rowsLookedAt(String sql, Object... parameters) throws SQLException {
        long most = 0;
        try (PreparedStatement statement =
                connection.prepareStatement("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) " + sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (var lines = statement.executeQuery()) {
                while (lines.next()) {
                    var found = ROWS_OF_NODE.matcher(lines.getString(1));
                    while (found.find()) {
                        String number = found.group(1) == null ? found.group(2) : found.group(1);
                        most = Math.max(most, Long.parseLong(number));
                    }
                }
            }
        }
        return most;
    }
}
