package ch.tocco.lomigrate.finalize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.EndWhen;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The last step, from every state that an earlier attempt may have left, beside a production that goes on. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
@Tag("slow")
final class FinalizerIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private SourceDatabase database;

    @BeforeEach
    void open(SourceDatabase fresh) throws SQLException {
        database = fresh;
        insert(1, 1000);
    }

    private void insert(int first, int last) throws SQLException {
        database.execute("INSERT INTO _nice_binary SELECT lpad(to_hex(i), 40, '0'), 1, '', i, lpad(to_hex(i), 64, '0')"
                + " FROM generate_series(" + first + ", " + last + ") i");
    }

    private void run() throws Exception {
        try (Connection connection = Sessions.connections(database).open("finalize")) {
            new Finalizer(connection, Sessions.SQL, RunEnd.NEVER).run();
        }
    }

    /** Waits until the index is half built, and production is waited for. */
    private void awaitWaitingBuild() throws Exception {
        Await.until(
                LIMIT,
                "the build waits",
                () -> database.query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND query LIKE 'CREATE UNIQUE%' AND wait_event_type = 'Lock'")
                        .isPresent());
    }

    private void assertRefused(String... words) throws SQLException {
        String before = database.schema();
        assertThatThrownBy(this::run).isInstanceOf(RefusedException.class).hasMessageContainingAll(words);
        assertThat(database.schema()).as("schema").isEqualTo(before);
    }

    private void assertFinalized() throws SQLException {
        assertThat(database.isFinalized()).isTrue();
        assertThat(
                        database.query(
                                "SELECT conname FROM pg_constraint WHERE conrelid = '_nice_binary'::regclass AND contype = 'c'"))
                .as("the check that helped")
                .isEmpty();
    }

    @Test
    void makesTheColumnUniqueAndNotNull() throws Exception {
        run();
        assertFinalized();
        assertThatThrownBy(() -> database.execute("INSERT INTO _nice_binary VALUES (repeat('e', 40), 1, '', 1)"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("not-null");
        assertThatThrownBy(() -> database.execute(
                        "INSERT INTO _nice_binary VALUES (repeat('e', 40), 1, '', 1, lpad('1', 64, '0'))"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("_nice_binary_sha2_key");
    }

    @Test
    void emptyTableCanBeFinalizedToo() throws Exception {
        database.execute("DELETE FROM _nice_binary");
        run();
        assertFinalized();
    }

    @Test
    void finalizingTwiceChangesNothing() throws Exception {
        run();
        String schema = database.schema();
        run();
        assertThat(database.schema()).isEqualTo(schema);
        assertFinalized();
    }

    @Test
    void columnThatIsNotNullAlreadyStaysSo() throws Exception {
        database.execute("ALTER TABLE _nice_binary ALTER COLUMN sha2 SET NOT NULL");
        run();
        assertFinalized();
    }

    @Test
    void pendingRowsAreNamed() throws Exception {
        database.execute("UPDATE _nice_binary SET sha2 = NULL WHERE data IN (7, 8)");
        assertRefused("2 rows are still pending", "hash " + "0".repeat(39) + "7 (oid 7)", "(oid 8)");
    }

    @Test
    void whatIsNamedCannotMoveTheCursorOfATerminal() throws Exception {
        database.execute("UPDATE _nice_binary SET sha2 = NULL, hash = E'\\x1b[2Jcleared' WHERE data = 7");
        assertRefused("hash ?[2Jcleared (oid 7)");
        database.execute("UPDATE _nice_binary SET sha2 = lpad('8', 64, '0') WHERE data = 7");
        assertRefused("?[2Jcleared");
    }

    /** It would refuse what production inserts without a SHA-256, and the next attempt may be days away. */
    @Test
    void attemptThatIsGivenUpHalfwayLeavesNoCheckBehind() throws Exception {
        String query = "SELECT 1 FROM pg_constraint WHERE conrelid = '_nice_binary'::regclass AND contype = 'c'";
        var onceTheCheckIsThere = new EndWhen(() -> {
            try {
                return database.query(query).isPresent();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        try (Connection connection = Sessions.connections(database).open("finalize")) {
            assertThatThrownBy(() -> new Finalizer(connection, Sessions.SQL, onceTheCheckIsThere).run())
                    .isInstanceOf(RunEndedException.class);
        }
        assertThat(database.query(query)).isEmpty();
        assertThat(database.isFinalized()).isFalse();
        run();
        assertFinalized();
    }

    @Test
    void duplicatesAreNamed() throws Exception {
        database.execute("UPDATE _nice_binary SET sha2 = lpad('', 64, 'd') WHERE data IN (7, 8, 9)");
        assertRefused("d".repeat(64), "in 3 rows", "0".repeat(39) + "7", "0".repeat(39) + "9");
    }

    @Test
    void invalidIndexOfAFailedAttemptIsRebuilt() throws Exception {
        database.execute("UPDATE _nice_binary SET sha2 = lpad('1', 64, '0') WHERE data = 2");
        assertThatThrownBy(() -> database.execute(Sessions.SQL.finalizing().createStateIndex()))
                .isInstanceOf(SQLException.class);
        assertThat(database.schema()).contains("_nice_binary_sha2_key").contains("(sha2) false");
        database.execute("UPDATE _nice_binary SET sha2 = lpad('2', 64, '0') WHERE data = 2");
        run();
        assertFinalized();
    }

    @Test
    void checkOfAnInterruptedAttemptIsRemoved() throws Exception {
        database.execute(Sessions.SQL.finalizing().addNotNullCheck());
        run();
        assertFinalized();
        database.execute(Sessions.SQL.finalizing().addNotNullCheck());
        run();
        assertFinalized();
    }

    @Test
    void otherIndexOfThatNameRefusesFinalizing() throws Exception {
        database.execute("CREATE INDEX _nice_binary_sha2_key ON _nice_binary (sha2)");
        assertRefused("another index", "_nice_binary_sha2_key");
        database.execute("DROP INDEX _nice_binary_sha2_key");
        database.execute("CREATE UNIQUE INDEX _nice_binary_sha2_key ON _nice_binary (sha2) WHERE size > 5");
        assertRefused("another index");
        database.execute("DROP INDEX _nice_binary_sha2_key");
        database.execute("CREATE UNIQUE INDEX _nice_binary_sha2_key ON _nice_binary (data)");
        assertRefused("another index");
    }

    @Test
    void roleThatDoesNotOwnTheTableIsToldByTheServer() throws Exception {
        String role = Sessions.createRole(database);
        database.execute("GRANT SELECT, UPDATE ON _nice_binary TO " + role);
        try (Connection connection = Sessions.connections(database, role, role).open("finalize")) {
            assertThatThrownBy(() -> new Finalizer(connection, Sessions.SQL, RunEnd.NEVER).run())
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("must be owner");
        }
    }

    @Test
    void productionWritesOnWhileItIsFinalized() throws Exception {
        var stop = new AtomicBoolean();
        var written = new AtomicInteger();
        var writing = CompletableFuture.runAsync(() -> {
            try (Connection writer = database.connect();
                    var insert = writer.prepareStatement("INSERT INTO _nice_binary VALUES (lpad(to_hex(?), 40, '0'), 1,"
                            + " '', 1, lpad(to_hex(?), 64, '0'))")) {
                for (int i = 100_000; !stop.get(); i++) {
                    insert.setInt(1, i);
                    insert.setInt(2, i);
                    insert.executeUpdate();
                    written.incrementAndGet();
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        try {
            Await.until(LIMIT, "production writes", () -> written.get() > 10);
            run();
        } finally {
            stop.set(true);
        }
        writing.join();
        assertFinalized();
    }

    @Test
    void finalizingWaitsForAnOpenTransactionOfProduction() throws Exception {
        try (Connection writer = database.connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE _nice_binary SET mime_type = 'a/b' WHERE data = 1");
            var finalizing = Background.run(this::run);
            awaitWaitingBuild();
            statement.execute("INSERT INTO _nice_binary VALUES (repeat('e', 40), 1, '', 1, repeat('e', 64))");
            database.execute("SET statement_timeout = '10s'; UPDATE _nice_binary SET mime_type = 'c/d' WHERE data = 2");
            assertThat(finalizing).isNotDone();
            writer.commit();
            finalizing.join();
        }
        assertFinalized();
        assertThat(database.query("SELECT mime_type FROM _nice_binary WHERE data = 1 AND size = 1 AND hash LIKE '0%'"))
                .contains("a/b");
    }

    @Test
    void rowInsertedWithoutSha256DuringTheBuildRefusesAndLeavesNoCheckBehind() throws Exception {
        try (Connection writer = database.connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("INSERT INTO _nice_binary VALUES (repeat('e', 40), 1, '', 1)");
            var finalizing = Background.run(this::run);
            awaitWaitingBuild();
            writer.commit();
            assertThatThrownBy(finalizing::join)
                    .cause()
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("rows without SHA-256 were inserted meanwhile");
        }
        assertThat(database.schema()).doesNotContain("CHECK");
        database.execute("UPDATE _nice_binary SET sha2 = repeat('e', 64) WHERE sha2 IS NULL");
        run();
        assertFinalized();
    }
}
