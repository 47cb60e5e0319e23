package ch.tocco.lomigrate.listing;

import static ch.tocco.lomigrate.listing.NearlyDone.STATE;
import static ch.tocco.lomigrate.listing.NearlyDone.done;
import static ch.tocco.lomigrate.listing.NearlyDone.source;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.mapping.Mappings;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A pass over a table that is nearly done, with its state in a table of the tool: the state is read in pieces, and what
 * is listed is what looking every row up would list.
 */
@ExtendWith(Backends.class)
final class StateBlocksIT {
    private static final int ROWS = 60_000;

    private static SourceSql resolved(Connection connection, String oid, String join, String where)
            throws SQLException {
        return NearlyDone.resolved(
                connection, Mappings.of("f").oid(oid).join(join).where(where).size("1"), STATE);
    }

    /** Number of looks into the index of the state that a pass takes, and the rows that it lists. */
    private record Pass(long looks, SortedSet<String> keys) {}

    private static Pass pass(Connection connection, SourceSql sql) throws SQLException {
        connection.setAutoCommit(false);
        var keys = new TreeSet<String>();
        Pages pages = Pages.over(sql, connection);
        for (List<ListedRow> page = pages.next(connection); page != null; page = pages.next(connection)) {
            page.forEach(
                    row -> assertThat(keys.add(row.keyText())).as(row.keyText()).isTrue());
        }
        long looks = Long.parseLong(
                texts(connection, "SELECT pg_stat_get_xact_numscans('lo_migrate.object_1_pkey'::regclass)")
                        .first());
        connection.commit();
        connection.setAutoCommit(true);
        return new Pass(looks, keys);
    }

    private static SortedSet<String> texts(Connection connection, String query) throws SQLException {
        var texts = new TreeSet<String>();
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    /** Rows, and pending ones. */
    private static List<Long> counts(Connection connection, SourceSql sql) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql.counts().allAndPending())) {
            row.next();
            return List.of(row.getLong(1), row.getLong(2));
        }
    }

    /** What is listed must not depend on what the state looks like; how long it takes may. */
    @ParameterizedTest
    @ValueSource(strings = {"b", "b / 5000 % 3, b", "a"})
    void listsWhatIsPendingWhateverTheOrderOfTheStateIs(String order, SourceDatabase database) throws Exception {
        database.execute(source(ROWS) + done(order));
        database.execute("UPDATE f SET o = 5 WHERE b IN (777, 30001); UPDATE f SET o = NULL WHERE b = 778;"
                + " UPDATE f SET o = 0 WHERE b = 100; DELETE FROM f WHERE b BETWEEN 20000 AND 29000;"
                + " UPDATE lo_migrate.object_1 SET oid = NULL WHERE key_b = 999; ANALYZE f; ANALYZE " + STATE);
        try (Connection connection = database.connect()) {
            SortedSet<String> wanted = texts(
                    connection,
                    "SELECT a || ', ' || b FROM f WHERE NOT EXISTS (SELECT FROM lo_migrate.object_1"
                            + " WHERE key_a = a AND key_b = b AND oid = o)");
            assertThat(wanted).hasSize(600 - 91 + 4);
            for (String oid : List.of("t.o", "t.o::int8", "t.o::text")) {
                SourceSql sql = resolved(connection, oid, "", "");
                assertThat(pass(connection, sql).keys).as(oid).isEqualTo(wanted);
                assertThat(counts(connection, sql)).as(oid).containsExactly(60_000L - 9001, (long) wanted.size());
            }
            SourceSql joined = resolved(connection, "t.o", ", d", "d.k = t.a AND t.b > 30000");
            assertThat(pass(connection, joined).keys).isEmpty();
            assertThat(counts(connection, joined)).containsExactly(0L, 0L);
            database.execute("INSERT INTO d SELECT a, b FROM f; ANALYZE d");
            assertThat(pass(connection, joined).keys)
                    .isEqualTo(texts(
                            connection, "SELECT a || ', ' || b FROM f WHERE b > 30000 AND (b % 100 = 0 OR b = 30001)"));
        }
    }

    /** One look for each row takes 16 times as long as a pass over a column, and more where keys are large. */
    @Test
    void looksIntoTheIndexForFewRowsOnly(SourceDatabase database) throws Exception {
        database.execute(source(ROWS) + done("b") + "ANALYZE f; ANALYZE " + STATE);
        try (Connection connection = database.connect()) {
            assertThat(pass(connection, resolved(connection, "t.o", "", "")).looks)
                    .isLessThan(6000);
        }
    }

    /** Where it would have to read far more of the state than the rows of the page, each row is looked up. */
    @Test
    void readsNoMoreOfTheStateThanThePagesNeed(SourceDatabase database) throws Exception {
        database.execute(source(ROWS) + done("a") + "ANALYZE f; ANALYZE " + STATE);
        try (Connection connection = database.connect()) {
            var blocks = new StateBlocks(resolved(connection, "t.o", "", ""));
            assertThat(blocks.around(connection, 100, 130)).isEmpty();
            database.execute("TRUNCATE " + STATE + "; " + done("b"));
            assertThat(blocks.around(connection, 100, 130)).isPresent();
        }
    }

    /** A count that needs more than PostgreSQL allows would fail, at the end of a run whose work is done. */
    @ParameterizedTest
    @ValueSource(strings = {"b", "b / 5000 % 3, b", "a"})
    void countsObeyTheLimitOfTemporaryFiles(String order, SourceDatabase database) throws Exception {
        database.execute(source(ROWS) + done(order));
        try (Connection connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("SET work_mem = '64kB'; SET temp_file_limit = 0");
            SourceSql sql = resolved(connection, "t.o", "", "");
            sql.counts().obeyLimits(connection);
            assertThat(counts(connection, sql)).containsExactly(60_000L, 600L);
            assertThat(texts(connection, sql.counts().pending())).containsExactly("600");
            assertThat(texts(connection, sql.counts().byShard(4))).containsExactly("1", "2", "3", "4");
        }
    }
}
