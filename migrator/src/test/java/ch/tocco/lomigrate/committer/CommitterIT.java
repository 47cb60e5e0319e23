package ch.tocco.lomigrate.committer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.control.Breaker;
import ch.tocco.lomigrate.control.RunAborted;
import ch.tocco.lomigrate.control.RunControl;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.monitor.Books;
import ch.tocco.lomigrate.monitor.Counters;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.SourceSql;
import ch.tocco.lomigrate.ring.HandlerPool;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Backends;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.SourceDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Chunks of hashes on a real server, with all that can happen to a row between listing and commit. */
@ExtendWith(Backends.class)
@Timeout(120)
final class CommitterIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final RunControl control = new RunControl();
    private final Counters counters = new Counters();
    private final Books books = new Books(counters);
    private final Breaker breaker = new Breaker("PostgreSQL", Duration.ofMinutes(10), control);

    private SourceDatabase database;
    private PgConnections connections;

    @BeforeEach
    void open(SourceDatabase fresh) {
        database = fresh;
        connections = Sessions.connections(database);
    }

    @AfterEach
    void booksBalance() {
        assertThat(counters.balanced()).as("books balance").isTrue();
    }

    private Committer committer(int chunk) {
        var session = Sessions.session(connections, breaker, control, SourceSql.forceGenericPlan());
        return new Committer(session, Sessions.SQL, chunk, counters, books);
    }

    private static String hash(int number) {
        return String.format("%040x", number);
    }

    private static String sha2(int number) {
        return String.format("%064x", number);
    }

    private static SourceRow row(int number) {
        return new SourceRow(hash(number), 10, "text/plain", number);
    }

    /** Pending rows 1 to {@code count}, without large objects: nobody here reads them. */
    private void insertRows(int count) throws SQLException {
        database.execute("INSERT INTO _nice_binary SELECT lpad(to_hex(i), 40, '0'), 10, 'text/plain', i"
                + " FROM generate_series(1, " + count + ") i");
    }

    /** A stored object. */
    private LoEvent event(SourceRow row, String sha256) {
        var event = new LoEvent();
        event.listed(row);
        event.received(new Payload.SpillFile(Path.of("unused"), row.size(), () -> {}), sha256);
        event.stored();
        counters.observed().done(row.size());
        return event;
    }

    private LoEvent event(int number) {
        return event(row(number), sha2(number));
    }

    private void commit(Committer committer, LoEvent... events) throws InterruptedException {
        for (LoEvent event : events) {
            committer.take(event);
            assertThat(event.isEmpty()).isTrue();
        }
        committer.finish();
    }

    private long pending() throws SQLException {
        return Long.parseLong(database.query(Sessions.SQL.countPending()).orElseThrow());
    }

    private String sha2Of(int number) throws SQLException {
        return database.query("SELECT sha2 FROM _nice_binary WHERE hash = '" + hash(number) + "'")
                .orElse(null);
    }

    private void assertCommitted(int... numbers) throws SQLException {
        for (int number : numbers) {
            assertThat(sha2Of(number)).isEqualTo(sha2(number));
        }
        assertThat(counters.committed().objects()).isEqualTo(numbers.length);
    }

    @Test
    void fullChunkIsCommittedAtOnceAndTheRestAtTheEnd() throws Exception {
        insertRows(5);
        var committer = committer(2);
        committer.take(event(1));
        assertThat(pending()).isEqualTo(5);
        committer.take(event(2));
        assertThat(pending()).isEqualTo(3);
        committer.take(event(3));
        committer.endOfBatch();
        assertThat(pending()).as("not old yet").isEqualTo(3);
        committer.finish();
        assertCommitted(1, 2, 3);
        assertThat(pending()).isEqualTo(2);
    }

    @Test
    void idleCommitterCommitsWhatItHas() throws Exception {
        insertRows(2);
        var committer = committer(100);
        committer.idle();
        committer.take(event(1));
        committer.idle();
        assertCommitted(1);
        commit(committer, event(2));
        assertCommitted(1, 2);
    }

    @Test
    void oldChunkIsCommittedAtTheEndOfABatch() throws Exception {
        insertRows(1);
        var committer = committer(100);
        committer.take(event(1));
        Thread.sleep(1100);
        committer.endOfBatch();
        assertCommitted(1);
        committer.finish();
    }

    @Test
    void rowsOfARingAreCommittedByAllCommittersWhetherMoreComesOrNot() throws Exception {
        insertRows(1000);
        Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
        var ring = new LoRing("committer", 64, () -> false);
        var stage = HandlerPool.start(ring, List.of(committer(100), committer(100)), errors::add);
        for (int i = 1; i <= 999; i++) {
            ring.put(event(i));
        }
        Await.until(LIMIT, "idle committers commit", () -> counters.committed().objects() == 999);
        ring.put(event(1000));
        stage.drain();
        assertThat(errors).isEmpty();
        assertThat(pending()).isZero();
    }

    @Test
    void deletedAndRepointedRowsHaveVanished() throws Exception {
        insertRows(4);
        database.execute("DELETE FROM _nice_binary WHERE hash = '" + hash(1) + "'");
        database.execute("UPDATE _nice_binary SET data = 99 WHERE hash = '" + hash(2) + "'");
        commit(committer(100), event(1), event(2), event(3));
        assertCommitted(3);
        assertThat(counters.vanishedCount()).isEqualTo(2);
        assertThat(sha2Of(2)).isNull();
    }

    @Test
    void otherHashThatIsThereAlreadyIsAConflictAndStays() throws Exception {
        insertRows(2);
        database.execute("UPDATE _nice_binary SET sha2 = '" + sha2(77) + "' WHERE hash = '" + hash(1) + "'");
        commit(committer(100), event(1), event(2));
        assertCommitted(2);
        assertThat(sha2Of(1)).isEqualTo(sha2(77));
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.CONFLICT, 1L));
    }

    @Test
    void sameHashThatIsThereAlreadyIsCommitted() throws Exception {
        insertRows(2);
        // As after a COMMIT whose answer was lost.
        database.execute("UPDATE _nice_binary SET sha2 = '" + sha2(1) + "' WHERE hash = '" + hash(1) + "'");
        commit(committer(100), event(1), event(2));
        assertCommitted(1, 2);
    }

    @Test
    void duplicatesInOneChunkAreEachCounted() throws Exception {
        insertRows(2);
        commit(committer(100), event(2), event(1), event(2));
        assertThat(counters.committed().objects()).isEqualTo(3);
        assertThat(sha2Of(1)).isEqualTo(sha2(1));
        assertThat(sha2Of(2)).isEqualTo(sha2(2));
    }

    @Test
    void rowsThatShareAHashAreToldApartByTheirOid() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP CONSTRAINT _nice_binary_pkey");
        insertRows(1);
        database.execute("INSERT INTO _nice_binary VALUES ('" + hash(1) + "', 10, NULL, 50, NULL)");
        commit(committer(100), event(1));
        assertThat(database.query("SELECT sha2 FROM _nice_binary WHERE data = 1"))
                .contains(sha2(1));
        assertThat(database.query("SELECT sha2 FROM _nice_binary WHERE data = 50"))
                .isEmpty();
    }

    @Test
    void rowThatIsThereTwiceDoesNotHideOneThatVanished() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP CONSTRAINT _nice_binary_pkey");
        insertRows(2);
        database.execute("INSERT INTO _nice_binary VALUES ('" + hash(1) + "', 10, NULL, 1, NULL)");
        database.execute("DELETE FROM _nice_binary WHERE data = 2");
        commit(committer(100), event(1), event(2));
        assertThat(counters.committed().objects()).isEqualTo(1);
        assertThat(counters.vanishedCount()).isEqualTo(1);
        assertThat(pending()).isZero();
    }

    @Test
    void rowThatATriggerRefusesFailsAlone() throws Exception {
        insertRows(10);
        database.execute("""
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                  BEGIN RAISE EXCEPTION 'row % is protected', NEW.data; END $$;
                CREATE TRIGGER refuse BEFORE UPDATE ON _nice_binary FOR EACH ROW WHEN (OLD.data = 7)
                  EXECUTE FUNCTION refuse();
                """);
        commit(
                committer(100),
                IntStream.rangeClosed(1, 10).mapToObj(this::event).toArray(LoEvent[]::new));
        assertCommitted(1, 2, 3, 4, 5, 6, 8, 9, 10);
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 1L));
        assertThat(sha2Of(7)).isNull();
    }

    @Test
    void rowThatTheServersMemoryIsTooSmallForFailsAlone() throws Exception {
        insertRows(3);
        database.execute("""
                CREATE FUNCTION greedy() RETURNS trigger LANGUAGE plpgsql AS $$
                  BEGIN RAISE EXCEPTION 'out of memory' USING ERRCODE = '53200'; END $$;
                CREATE TRIGGER greedy BEFORE UPDATE ON _nice_binary FOR EACH ROW WHEN (OLD.data = 2)
                  EXECUTE FUNCTION greedy();
                """);
        commit(committer(100), event(1), event(2), event(3));
        assertCommitted(1, 3);
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 1L));
    }

    @Test
    void updateThatATriggerSwallowsIsNotCountedAsCommitted() throws Exception {
        insertRows(2);
        database.execute("""
                CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
                CREATE TRIGGER swallow BEFORE UPDATE ON _nice_binary FOR EACH ROW WHEN (OLD.data = 1)
                  EXECUTE FUNCTION swallow();
                """);
        commit(committer(100), event(1), event(2));
        assertCommitted(2);
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.CONFLICT, 1L));
    }

    @Test
    void roleThatMayNotWriteHashesEndsTheRunAndLosesNoObject() throws Exception {
        insertRows(2);
        String role = Sessions.createRole(database);
        database.execute("GRANT SELECT ON _nice_binary TO " + role);
        connections = Sessions.connections(database, role, role);
        var committer = committer(100);
        committer.take(event(1));
        committer.take(event(2));

        assertThatThrownBy(committer::finish).isInstanceOf(RunAborted.class).hasMessageContaining("permission denied");

        assertThat(counters.discardedCount()).isEqualTo(2);
        Await.until(
                LIMIT,
                "the connection is closed",
                () -> database.query("SELECT 1 FROM pg_stat_activity WHERE usename = '" + role + "'")
                        .isEmpty());
    }

    @Test
    void connectionThatBreaksBetweenChunksIsReplaced() throws Exception {
        insertRows(2);
        var committer = committer(1);
        committer.take(event(1));
        database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                + " AND application_name = 'lo-migrate test'");
        commit(committer, event(2));
        assertCommitted(1, 2);
    }

    @Test
    void deadlockedChunkIsTriedAgain() throws Exception {
        insertRows(2);
        var committer = committer(2);
        try (Connection other = database.connect()) {
            other.setAutoCommit(false);
            // Production locks the second row first, the committer the first one.
            update(other, 2);
            var committing = CompletableFuture.runAsync(() -> {
                try {
                    commit(committer, event(1), event(2));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            Await.until(
                    LIMIT,
                    "the committer waits for the second row",
                    () -> database.query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                                    + " AND wait_event_type = 'Lock' AND application_name = 'lo-migrate test'")
                            .isPresent());
            // The server picks the one that notices first; this connection is made to wait longer than that.
            try (var statement = other.createStatement()) {
                statement.execute("SET LOCAL deadlock_timeout = '30s'");
            }
            update(other, 1);
            other.commit();
            committing.join();
        }
        assertCommitted(1, 2);
    }

    private static void update(Connection connection, int number) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("UPDATE _nice_binary SET mime_type = 'a/b' WHERE hash = '" + hash(number) + "'");
        }
    }

    @Test
    void largeTableIsUpdatedByIndexWithTheGenericPlan() throws Exception {
        insertRows(50_000);
        database.execute("ANALYZE _nice_binary");
        for (int size : new int[] {1, 100, 1000}) {
            assertThat(plan(size, SourceSql.forceGenericPlan()))
                    .contains("_nice_binary_pkey")
                    .doesNotContain("Seq Scan");
        }
        var committer = committer(1000);
        commit(committer, IntStream.rangeClosed(1, 1000).mapToObj(this::event).toArray(LoEvent[]::new));
        assertThat(pending()).isEqualTo(49_000);
    }

    /** How the server runs the update of this many rows on a session as committers have it. */
    private String plan(int size, String... setUp) throws SQLException {
        String prepared = Sessions.SQL.commit();
        for (int i = 1; i <= 3; i++) {
            prepared = prepared.replaceFirst("\\?", "\\$" + i);
        }
        try (Connection connection = connections.open("test");
                var statement = connection.createStatement()) {
            for (String sql : setUp) {
                statement.execute(sql);
            }
            statement.execute("PREPARE commit_chunk(bpchar[], int8[], bpchar[]) AS " + prepared);
            var lines = new ArrayList<String>();
            try (var rows = statement.executeQuery("EXPLAIN EXECUTE commit_chunk(" + array(size, CommitterIT::hash)
                    + ", " + array(size, Integer::toString) + ", " + array(size, CommitterIT::sha2) + ")")) {
                while (rows.next()) {
                    lines.add(rows.getString(1));
                }
            }
            return String.join("\n", lines);
        }
    }

    private static String array(int size, IntFunction<String> element) {
        return IntStream.rangeClosed(1, size).mapToObj(element).collect(Collectors.joining(",", "'{", "}'"));
    }

    @Test
    void runThatEndsDuringAnOutageDiscardsWhatIsNotCommitted() throws Exception {
        insertRows(1);
        connections = Sessions.connections(database, "nobody", "x");
        breaker.failed("away");
        control.stop();
        commit(committer(100), event(1));
        assertThat(counters.discardedCount()).isOne();
    }
}
