package ch.tocco.lomigrate.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.LoFailure;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.wire.FaultProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Passes over tables of a real server that stand still, change meanwhile, or are no plain tables. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
@Tag("slow")
final class ObserverIT {
    private final RunControl control = new RunControl();
    private final Counters counters = new Counters();
    private final Books books = new Books(counters);
    private final List<Long> listed = new ArrayList<>();

    /** Hashes that do not follow from the oid. */
    private final List<String> ofOthers = new ArrayList<>();

    private SourceDatabase database;
    private Consumer<Long> onRow = oid -> {};

    @BeforeEach
    void open(SourceDatabase fresh) {
        database = fresh;
    }

    /** Rows with these oids, long enough that there are a few dozen in a block, in an order that is not theirs. */
    private void insert(long first, long last) throws SQLException {
        insertInto("_nice_binary", first, last);
    }

    private void insertInto(String table, long first, long last) throws SQLException {
        database.execute("INSERT INTO " + table + " (hash, size, mime_type, data) SELECT lpad(to_hex(i), 40, '0'), 1,"
                + " repeat('x', 255), i FROM generate_series(" + first + ", " + last + ") i ORDER BY md5(i::text)");
    }

    /** As while VACUUM FULL is at work on it. */
    @Test
    void lockedTableIsWaitedForAsAServerIsThatIsAway() throws Exception {
        insert(1, 100);
        try (var other = lockingTheTable()) {
            var impatient = observer(Duration.ofSeconds(1));
            assertThatThrownBy(impatient::pass).isInstanceOf(RunEndedException.class);
            other.rollback();
        }
        assertThat(control.abortReason()).hasValueSatisfying(reason -> {
            assertThat(reason.kind()).isEqualTo(RunAborted.Kind.OUTAGE);
            assertThat(reason).hasMessageContaining("was locked");
        });
        assertThat(listed).isEmpty();
    }

    @Test
    void tableThatIsNoLongerLockedIsListed() throws Exception {
        insert(1, 100);
        var patient = observer(Duration.ofMinutes(10));
        try (var other = lockingTheTable()) {
            var pass = Background.run(patient::pass);
            Await.stays(Duration.ofSeconds(2), "the table is waited for", () -> !pass.isDone());
            other.rollback();
            pass.join();
        }
        assertThat(listed).hasSize(100);
    }

    private Connection lockingTheTable() throws SQLException {
        Connection other = database.connect();
        other.setAutoCommit(false);
        try (var statement = other.createStatement()) {
            statement.execute("LOCK TABLE _nice_binary");
        }
        return other;
    }

    /** One whose session waits for a lock for a moment only, and for so long while the table is locked. */
    private Observer observer(Duration longest) {
        var breaker = new Breaker("PostgreSQL", longest, control);
        var session = Sessions.session(
                Sessions.connections(database), breaker, control, SourceSql.lockTimeout(Duration.ofMillis(200)));
        return new Observer(session, Sessions.SQL, counters, books, control, this::take);
    }

    private Observer observer() {
        return observer(Sessions.connections(database));
    }

    private Observer observer(PgConnections connections) {
        return new Observer(Sessions.session(connections, control), Sessions.SQL, counters, books, control, this::take);
    }

    private boolean take(LoEvent event) {
        long oid = Rows.oid(event.row());
        assertThat(event.row().key().text())
                .matches(hash -> hash.equals(String.format("%040x", oid)) || ofOthers.contains(hash));
        listed.add(oid);
        event.clear();
        onRow.accept(oid);
        return true;
    }

    /** All that was listed is migrated. */
    private void commitListed() throws SQLException {
        database.execute("UPDATE _nice_binary SET sha2 = repeat('0', 64) WHERE sha2 IS NULL AND data IN ("
                + String.join(",", listed.stream().map(String::valueOf).toList()) + ")");
        counters.committed().done(0);
    }

    private static Long[] numbers(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toArray(Long[]::new);
    }

    /** Each once, in any order. Sorted, as AssertJ compares each with each, which took most of the time of these tests. */
    private void assertListed(long first, long last) {
        assertThat(listed.stream().sorted().toList()).isEqualTo(List.of(numbers(first, last)));
    }

    private long descents() {
        long count = 0;
        for (int i = 1; i < listed.size(); i++) {
            count += listed.get(i) < listed.get(i - 1) ? 1 : 0;
        }
        return count;
    }

    private void run(String sql) {
        try {
            database.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void quietTableIsListedOncePageByPageInOrderOfOids() throws Exception {
        insert(1, 30_000);
        database.execute("UPDATE _nice_binary SET sha2 = repeat('0', 64) WHERE data > 29990");
        long blocks = Long.parseLong(
                database.query("SELECT pg_relation_size('_nice_binary') / 8192").orElseThrow());

        observer().pass();

        assertListed(1, 29_990);
        assertThat(descents())
                .as("pages but the first")
                .isEqualTo((blocks - 1) / 500)
                .isPositive();
        assertThat(counters.observed().objects()).isEqualTo(29_990);
    }

    @Test
    void emptyTableIsOnePassOfNothing() throws Exception {
        var observer = observer();
        observer.pass();
        assertThat(listed).isEmpty();
        assertThat(observer.anotherPass()).isFalse();
    }

    @Test
    void rowsThatCameOrMovedDuringAPassAreFoundInALaterOne() throws Exception {
        insert(1, 20_000);
        String lastRow = database.query("SELECT data FROM _nice_binary ORDER BY ctid DESC LIMIT 1")
                .orElseThrow();
        onRow = oid -> {
            if (listed.size() == 1) {
                // In the first page: moves a row of the last page behind the end of the pass, and adds two.
                run("UPDATE _nice_binary SET mime_type = repeat('y', 255) WHERE data = " + lastRow);
                run("INSERT INTO _nice_binary VALUES (lpad(to_hex(50001), 40, '0'), 1, '', 50001),"
                        + " (lpad(to_hex(50002), 40, '0'), 1, '', 50002)");
            }
        };
        var observer = observer();
        observer.pass();
        commitListed();
        assertThat(observer.anotherPass()).isTrue();
        observer.pass();
        commitListed();

        assertThat(listed).contains(50_001L, 50_002L, Long.valueOf(lastRow));
        assertThat(new HashSet<>(listed).containsAll(List.of(numbers(1, 20_000))))
                .isTrue();
        assertThat(database.query(Sessions.SQL.counts().pending())).contains("0");
        if (observer.anotherPass()) {
            observer.pass();
            assertThat(observer.anotherPass()).isFalse();
        }
        assertThat(listed).doesNotHaveDuplicates();
    }

    @Test
    void malformedRowsFailOnceAndAreNotListedAgain() throws Exception {
        insert(1, 10);
        database.execute("INSERT INTO _nice_binary VALUES ('short', 1, '', 1), (lpad('', 40, 'g'), 1, '', 1),"
                + " (lpad('', 40, 'a'), NULL, '', 1), (lpad('', 40, 'b'), -1, '', 1),"
                + " (lpad('', 40, 'c'), 1, '', NULL), (lpad('', 40, 'd'), 1, '', 0)");
        var observer = observer();
        observer.pass();
        Map<FailureReason, Long> failed = counters.failed();
        assertThat(failed)
                .isEqualTo(Map.of(
                        FailureReason.MALFORMED_HASH,
                        2L,
                        FailureReason.INVALID_SIZE,
                        2L,
                        FailureReason.INVALID_OID,
                        2L));
        commitListed();
        assertThat(observer.anotherPass()).isTrue();
        observer.pass();

        assertThat(counters.failed()).isEqualTo(failed);
        assertListed(1, 10);
        assertThat(observer.anotherPass()).isFalse();
    }

    @Test
    void objectsThatFailedLaterAreNotListedAgain() throws Exception {
        insert(1, 3);
        var observer = observer();
        observer.pass();
        books.failed(new LoFailure(FailureReason.MISSING, String.format("%040x", 2), "2", 1L, "not there"));
        listed.remove(2L);
        commitListed();
        observer.pass();
        assertThat(listed).containsExactlyInAnyOrder(1L, 3L);
    }

    @Test
    void applicationThatKeepsInsertingDoesNotKeepTheRunAlive() throws Exception {
        insert(1, 1);
        onRow = oid -> run(
                "INSERT INTO _nice_binary VALUES (lpad(to_hex(" + (oid + 1) + "), 40, '0'), 1, '', " + (oid + 1) + ")");
        var observer = observer();
        int passes = 0;
        do {
            observer.pass();
            commitListed();
            passes++;
        } while (observer.anotherPass());
        assertThat(passes).isLessThanOrEqualTo(5);
        assertThat(database.query(Sessions.SQL.counts().pending())).contains("1");
    }

    @Test
    void passThatCommittedNothingIsTheLast() throws Exception {
        insert(1, 3);
        var observer = observer();
        observer.pass();
        assertThat(observer.anotherPass()).isFalse();
    }

    @Test
    void listingEndsWithTheRunAndWhatWasNotTakenIsDiscarded() throws Exception {
        insert(1, 1000);
        onRow = oid -> {
            if (listed.size() == 10) {
                control.stop();
            }
        };
        var observer = observer();
        observer.pass();
        assertThat(listed).hasSize(10);
        assertThat(observer.anotherPass()).isFalse();

        var refusing = new Observer(
                Sessions.session(Sessions.connections(database), new RunControl()),
                Sessions.SQL,
                counters,
                books,
                new RunControl(),
                event -> false);
        refusing.pass();
        assertThat(counters.discardedCount()).isEqualTo(1000);
    }

    @Test
    void pageThatFailedInPassingIsReadAgain() throws Exception {
        insert(1, 30_000);
        onRow = oid -> {
            if (listed.size() % 9000 == 0) {
                run("SELECT pg_terminate_backend(pid)" + Sessions.BACKENDS);
            }
        };
        observer().pass();
        assertListed(1, 30_000);
    }

    @Test
    void noTransactionStaysOpenBetweenPages() throws Exception {
        insert(1, 100);
        var states = new ArrayList<String>();
        onRow = oid -> {
            if (oid == 50) {
                try {
                    states.add(
                            database.query("SELECT state" + Sessions.BACKENDS).orElse("none"));
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        observer().pass();
        assertThat(states).containsExactly("idle");
    }

    @Test
    void stopEndsAStatementThatTakesLong() throws Exception {
        insert(1, 10);
        try (Connection locking = database.connect();
                var statement = locking.createStatement()) {
            locking.setAutoCommit(false);
            statement.execute("LOCK TABLE _nice_binary");
            var listing = Background.run(() -> observer().pass());
            Sessions.awaitLockWait(database);
            control.stop();
            assertThatThrownBy(() -> listing.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(RunEndedException.class);
        }
    }

    /** It is not asked in vain for as long as a listing statement may take. */
    @Test
    void stopEndsAStatementOfAServerThatSaysNothing() throws Exception {
        insert(1, 30_000);
        try (var proxy =
                FaultProxy.to(database.server().host(), database.server().port())) {
            onRow = oid -> proxy.weather(FaultProxy.Weather.BLACK_HOLE);
            var listing = Background.run(
                    () -> observer(Sessions.connections(database, proxy)).pass());
            Await.until(Duration.ofSeconds(60), "a page is listed, and the next is awaited", () -> {
                int before = listed.size();
                Thread.sleep(500);
                return before > 1000 && listed.size() == before;
            });
            control.stop();
            assertThatThrownBy(() -> listing.get(40, TimeUnit.SECONDS)).hasCauseInstanceOf(RunEndedException.class);
        }
    }

    @Test
    void rowsOfTablesThatInheritAreListedToo() throws Exception {
        database.execute("CREATE TABLE child () INHERITS (_nice_binary)");
        insertInto("child", 1, 3000);
        insert(3001, 3010);
        observer().pass();
        assertListed(1, 3010);
    }

    @Test
    void partitionedTableIsListedByHash() throws Exception {
        database.execute("""
                DROP TABLE _nice_binary;
                CREATE TABLE _nice_binary (hash character(40) PRIMARY KEY, size bigint,
                    mime_type character varying(255), data oid, sha2 character(64)) PARTITION BY HASH (hash);
                CREATE TABLE part_0 PARTITION OF _nice_binary FOR VALUES WITH (MODULUS 2, REMAINDER 0);
                CREATE TABLE part_1 PARTITION OF _nice_binary FOR VALUES WITH (MODULUS 2, REMAINDER 1);
                """);
        insert(1, 25_000);
        observer().pass();
        assertListed(1, 25_000);
    }

    @Test
    void viewIsListedByHash() throws Exception {
        database.execute("ALTER TABLE _nice_binary RENAME TO base; CREATE VIEW _nice_binary AS SELECT * FROM base");
        insert(1, 10_000);
        observer().pass();
        assertListed(1, 10_000);
    }

    @Test
    void everyRowWithoutHashIsNamedHoweverManyThereAre() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP CONSTRAINT _nice_binary_pkey, ALTER COLUMN hash DROP NOT NULL;"
                + "ALTER TABLE _nice_binary RENAME TO base; CREATE VIEW _nice_binary AS SELECT * FROM base");
        insert(1, 10);
        database.execute("INSERT INTO _nice_binary SELECT NULL, 1, '', i FROM generate_series(100, 10149) i");
        observer().pass();
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.MALFORMED_HASH, 10_050L));
        assertListed(1, 10);
    }

    @Test
    void rowsWithTheSameHashAcrossAPageAreListedInOnePass() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP CONSTRAINT _nice_binary_pkey, ALTER COLUMN hash DROP NOT NULL;"
                + "ALTER TABLE _nice_binary RENAME TO base; CREATE VIEW _nice_binary AS SELECT * FROM base");
        insert(1, 10_000);
        String last = String.format("%040x", 10_000);
        database.execute("INSERT INTO _nice_binary VALUES ('" + last + "', 1, '', 10000), (NULL, 1, '', 5)");
        observer().pass();
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.MALFORMED_HASH, 1L));
        assertThat(listed).hasSize(10_001);
        assertThat(new HashSet<>(listed).containsAll(List.of(numbers(1, 10_000))))
                .isTrue();
    }

    /** Five passes of pages of 10,000 would leave some. */
    @Test
    void sixtyThousandRowsOfOneHashAreListedOnceEachInOnePass() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP CONSTRAINT _nice_binary_pkey;"
                + "ALTER TABLE _nice_binary RENAME TO base; CREATE VIEW _nice_binary AS SELECT * FROM base");
        insert(1, 10);
        String sameHash = "5".repeat(40);
        // some share their oid as well, across the end of a page, and some have none
        database.execute("INSERT INTO _nice_binary SELECT '" + sameHash + "', 1, '', 100 + i"
                + " FROM generate_series(1, 59990) i UNION ALL SELECT '" + sameHash + "', 1, '', 10100"
                + " FROM generate_series(1, 5) UNION ALL SELECT '" + sameHash + "', 1, '', NULL"
                + " FROM generate_series(1, 3)");
        database.execute("INSERT INTO _nice_binary VALUES (repeat('9', 40), 1, '', 99999999)");
        ofOthers.addAll(List.of(sameHash, "9".repeat(40)));
        observer().pass();
        assertThat(listed).hasSize(10 + 59_990 + 5 + 1);
        assertThat(listed.stream().distinct().sorted().toList())
                .isEqualTo(Stream.of(numbers(1, 10), numbers(101, 60_090), numbers(99_999_999, 99_999_999))
                        .flatMap(Stream::of)
                        .toList());
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.INVALID_OID, 1L));
    }
}
