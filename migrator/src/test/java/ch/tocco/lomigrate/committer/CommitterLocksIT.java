package ch.tocco.lomigrate.committer;

import static ch.tocco.lomigrate.committer.CommitterFixture.hash;
import static ch.tocco.lomigrate.committer.CommitterFixture.sha2;
import static ch.tocco.lomigrate.committer.CommitterFixture.takeAndFinish;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.source.Catalog;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application that holds locks: on rows it holds up only these, on the table a run waits for it. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
@Tag("slow")
final class CommitterLocksIT {
    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(300);

    /** Long enough for several tries. */
    private static final Duration WHILE = Duration.ofSeconds(4);

    /** Rows of one round of the soak. */
    private static final int ROUND = 400;

    private static final int SOAK_ROWS = 40_000;

    private SourceDatabase database;
    private CommitterFixture run;

    @BeforeEach
    void open(SourceDatabase fresh) {
        database = fresh;
        run = new CommitterFixture(database);
        run.lockTimeout = LOCK_TIMEOUT;
    }

    @AfterEach
    void booksBalance() {
        run.assertBooksBalance();
    }

    private Connection locking(String sql) throws SQLException {
        Connection other = database.connect();
        other.setAutoCommit(false);
        try (var statement = other.createStatement()) {
            statement.execute(sql);
        }
        return other;
    }

    private Connection lockingRows(int from, int to) throws SQLException {
        return locking("UPDATE _nice_binary SET mime_type = 'a/b' WHERE data BETWEEN " + from + " AND " + to);
    }

    @Test
    void lockedRowFailsForNowAndHoldsUpNoOther() throws Exception {
        run.insertRows(500);
        try (Connection other = lockingRows(250, 250)) {
            run.commit(run.eventsUpTo(500));
            assertThat(run.counters.committed().objects()).isEqualTo(499);
            assertThat(run.pending()).isOne();
            assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 1L));
            other.rollback();
        }
        assertThat(run.sha2Of(250)).isNull();
    }

    @Test
    void manyLockedRowsTakeNoLongerThanOne() throws Exception {
        run.insertRows(500);
        try (Connection other = lockingRows(101, 400)) {
            long begun = System.nanoTime();
            run.commit(run.eventsUpTo(500));
            // one by one it would be more than a minute
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(55));
            assertThat(run.pending()).isEqualTo(300);
            other.rollback();
        }
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 300L));
    }

    @Test
    void locksInManyChunksAreWaitedForOnce() throws Exception {
        run.insertRows(2000);
        run.lockTimeout = Duration.ofSeconds(2);
        var committer = run.committer(100);
        try (Connection other = locking("UPDATE _nice_binary SET mime_type = 'a/b' WHERE data::int8 % 100 = 7")) {
            long begun = System.nanoTime();
            takeAndFinish(committer, run.eventsUpTo(2000));
            // each for itself it would be 40 s
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(35));
            assertThat(run.pending()).isEqualTo(20);
            other.rollback();
        }
        assertThat(run.counters.committed().objects()).isEqualTo(1980);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 20L));
    }

    /** A queue full of small chunks would keep a stopped run going for an hour. */
    @Test
    void stoppedRunTriesOnlyOneChunkAtALockedTable() throws Exception {
        run.insertRows(200);
        run.lockTimeout = Duration.ofSeconds(1);
        var committer = run.committer(10);
        try (Connection other = locking("LOCK TABLE _nice_binary IN ACCESS EXCLUSIVE MODE")) {
            run.control.stop();
            long begun = System.nanoTime();
            takeAndFinish(committer, run.eventsUpTo(200));
            // each for itself it would be 40 s
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(35));
            other.rollback();
        }
        assertThat(run.counters.discardedCount()).isEqualTo(200);
        assertThat(run.pending()).isEqualTo(200);
    }

    @Test
    void stoppedRunCommitsWhatIsStoredWhereNothingIsInTheWay() throws Exception {
        run.insertRows(200);
        var committer = run.committer(10);
        LoEvent[] events = run.eventsUpTo(200);
        // after the stop this session, unlike those of a run, opens no connection any more
        for (LoEvent event : Arrays.copyOf(events, 10)) {
            committer.take(event);
        }
        run.control.stop();
        takeAndFinish(committer, Arrays.copyOfRange(events, 10, 200));
        assertThat(run.counters.committed().objects()).isEqualTo(200);
    }

    @Test
    void lockedRowDoesNotHideOneThatVanishedOrHasAnotherHash() throws Exception {
        run.insertRows(4);
        database.execute("DELETE FROM _nice_binary WHERE data = 1");
        database.execute("UPDATE _nice_binary SET sha2 = '" + CommitterFixture.sha2(77) + "' WHERE data = 2");
        try (Connection other = lockingRows(3, 3)) {
            run.commit(run.eventsUpTo(4));
            other.rollback();
        }
        run.assertCommitted(4);
        assertThat(run.counters.vanishedCount()).isOne();
        assertThat(run.counters.failed())
                .isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 1L, FailureReason.CONFLICT, 1L));
    }

    /** The server aborts the one that has waited for its deadlock_timeout: production's is shorter than the committer's. */
    @ParameterizedTest
    @ValueSource(strings = {"UPDATE", "FOR NO KEY UPDATE", "FOR SHARE", "FOR KEY SHARE", "PARTITIONS", "TRIGGER"})
    void productionThatLocksInAnotherOrderIsNeverTheVictimOfADeadlock(String lock) throws Exception {
        prepareFor(lock);
        run.lockTimeout = Duration.ofSeconds(3);
        try (Connection other = production();
                var statement = other.createStatement()) {
            statement.execute(firstLock(lock));
            var committing = Background.run(() -> run.commit(run.eventsUpTo(10)));
            awaitLockWaitOr(committing);
            statement.execute(update(1)); // the committer had it before it waited
            statement.execute(update(5));
            other.commit();
            committing.join();
        }
        assertThat(run.counters.failed()).doesNotContainKey(FailureReason.CONFLICT);
    }

    private void prepareFor(String lock) throws SQLException {
        if (lock.equals("PARTITIONS")) {
            partition();
        }
        run.insertRows(10);
        if (lock.equals("FOR KEY SHARE")) {
            database.execute(Sessions.SQL.finalizing().createStateIndex()); // only then it is in the way of the update
        }
        database.execute("""
                CREATE TABLE counter AS SELECT 0 AS n;
                GRANT ALL ON counter TO PUBLIC;
                CREATE FUNCTION counting() RETURNS trigger LANGUAGE plpgsql AS $$
                  BEGIN UPDATE counter SET n = n + 1; RETURN NEW; END $$;
                """);
        if (lock.equals("TRIGGER")) {
            database.execute("CREATE TRIGGER counting BEFORE UPDATE OF sha2 ON _nice_binary FOR EACH ROW"
                    + " WHEN (OLD.data = 9) EXECUTE FUNCTION counting()");
        }
    }

    private static String firstLock(String lock) {
        return switch (lock) {
            case "UPDATE", "PARTITIONS" -> update(9);
            case "TRIGGER" -> "UPDATE counter SET n = 0";
            default -> "SELECT 1 FROM _nice_binary WHERE data = 9 " + lock;
        };
    }

    private static String update(int number) {
        return "UPDATE _nice_binary SET mime_type = 'a/b' WHERE hash = '" + hash(number) + "'";
    }

    /** A role of its own, whose transactions soon look for deadlocks. */
    private Connection production() throws SQLException {
        String role = "role_" + database.name();
        if (database.query("SELECT 1 FROM pg_roles WHERE rolname = '" + role + "'")
                .isEmpty()) {
            Sessions.createRole(database);
            database.execute("GRANT SELECT, UPDATE ON _nice_binary TO " + role);
            database.execute("ALTER ROLE " + role + " SET deadlock_timeout = '400ms'");
        }
        Connection connection = Sessions.connections(database, role, role).open("production");
        connection.setAutoCommit(false);
        return connection;
    }

    private void awaitLockWaitOr(Future<?> committing) throws Exception {
        Await.until(
                Duration.ofSeconds(30),
                "the committer waits for a lock, or is done",
                () -> committing.isDone()
                        || database.query("SELECT 1" + Sessions.BACKENDS + "AND wait_event_type = 'Lock'")
                                .isPresent());
    }

    /** For some seconds; with {@code -Dlo.migrate.locks.seconds=600} for ten minutes. */
    @Test
    @Timeout(1200)
    void productionsUpdatesInRandomOrderMeetNoDeadlock() throws Exception {
        run.lockTimeout = Duration.ofSeconds(3);
        run.insertRows(SOAK_ROWS);
        long end = System.nanoTime()
                + Duration.ofSeconds(Integer.getInteger("lo.migrate.locks.seconds", 3))
                        .toNanos();
        int transactions = 0;
        while (System.nanoTime() < end) {
            var from = new AtomicInteger(1);
            var updating = Background.call(() -> updates(from));
            while (System.nanoTime() < end && from.get() + ROUND <= SOAK_ROWS && !updating.isDone()) {
                commitBeside(from.getAndAdd(ROUND));
            }
            from.set(0);
            transactions += updating.join();
            database.execute("UPDATE _nice_binary SET sha2 = NULL WHERE sha2 IS NOT NULL");
        }
        assertThat(transactions).as("transactions of production").isPositive();
        assertThat(run.counters.committed().objects()).isPositive();
        assertThat(run.counters.failed()).doesNotContainKey(FailureReason.CONFLICT);
    }

    /** Two committers, each with every other row. */
    private void commitBeside(int from) {
        var halves = List.of(0, 1).stream()
                .map(half -> Background.run(() -> takeAndFinish(
                        run.committer(ROUND / 4),
                        IntStream.range(from, from + ROUND)
                                .filter(i -> i % 2 == half)
                                .mapToObj(run::event)
                                .toArray(LoEvent[]::new))))
                .toList();
        halves.forEach(CompletableFuture::join);
    }

    /**
     * Production's transactions: five rows each, in random order, of those that are being committed. Until the number of
     * the first of these is 0; says how many there were.
     */
    private int updates(AtomicInteger first) throws SQLException {
        int transactions = 0;
        var random = new Random(7);
        try (Connection connection = production();
                var statement = connection.createStatement()) {
            for (int from = first.get(); from > 0; from = first.get()) {
                for (int i = 0; i < 5; i++) {
                    statement.execute(update(Math.max(1, from - ROUND) + random.nextInt(ROUND)));
                }
                connection.commit();
                transactions++;
            }
        }
        return transactions;
    }

    /** The update would wait for the locked one, and that would look as if the table were locked. */
    @Test
    void lockedRowWithATwinIsNotTakenForALockOnTheTable() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP CONSTRAINT _nice_binary_pkey");
        run.insertRows(3);
        database.execute("INSERT INTO _nice_binary VALUES ('" + hash(2) + "', 20, NULL, 2, NULL)");
        try (Connection other = locking("SELECT 1 FROM _nice_binary WHERE data = 2 AND size = 20 FOR UPDATE")) {
            run.commit(run.eventsUpTo(3));
            other.rollback();
        }
        run.assertCommitted(1, 3);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 1L));
        assertThat(run.pending()).as("neither of the twins").isEqualTo(2);
    }

    /** A new row that refers to a row keeps updates of its SHA-256 waiting once that is unique. */
    @Test
    void rowThatOthersReferToIsSkippedWhereTheHashIsUniqueAlready() throws Exception {
        run.insertRows(3);
        database.execute(Sessions.SQL.finalizing().createStateIndex());
        try (Connection other = locking("SELECT 1 FROM _nice_binary WHERE data = 2 FOR KEY SHARE")) {
            run.commit(run.eventsUpTo(3));
            other.rollback();
        }
        run.assertCommitted(1, 3);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 1L));
    }

    @Test
    void roleThatMayUpdateTheHashesOnlyGetsPastALockedRow() throws Exception {
        run.insertRows(3);
        String role = Sessions.createRole(database);
        database.execute("GRANT SELECT, UPDATE (sha2) ON _nice_binary TO " + role);
        run.connections = Sessions.connections(database, role, role);
        try (Connection other = lockingRows(2, 2)) {
            run.commit(run.eventsUpTo(3));
            other.rollback();
        }
        run.assertCommitted(1, 3);
    }

    private void partition() throws SQLException {
        database.execute("""
                DROP TABLE _nice_binary;
                CREATE TABLE _nice_binary (hash character(40), size bigint, mime_type character varying(255), data oid,
                  sha2 character(64)) PARTITION BY HASH (hash);
                CREATE TABLE part_0 PARTITION OF _nice_binary FOR VALUES WITH (MODULUS 2, REMAINDER 0);
                CREATE TABLE part_1 PARTITION OF _nice_binary FOR VALUES WITH (MODULUS 2, REMAINDER 1);
                """);
    }

    @Test
    void lockedRowOfAPartitionHoldsUpNoOther() throws Exception {
        partition();
        run.insertRows(20);
        try (Connection other = lockingRows(7, 7)) {
            run.commit(run.eventsUpTo(20));
            other.rollback();
        }
        assertThat(run.counters.committed().objects()).isEqualTo(19);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 1L));
        try (Connection asking = database.connect();
                Connection other = locking("LOCK TABLE part_1 IN ACCESS EXCLUSIVE MODE")) {
            assertThat(new Catalog(asking, Sessions.SQL).lockers()).contains("AccessExclusiveLock");
            other.rollback();
        }
    }

    /** As by one UPDATE of all rows, which is waited for before all of them fail. */
    @Test
    void transactionOverTheWholeTableIsWaitedFor() throws Exception {
        run.insertRows(100);
        try (Connection other = lockingRows(1, 100)) {
            var committing = Background.run(() -> run.commit(run.eventsUpTo(100)));
            Await.stays(WHILE, "rows are waited for", () -> !committing.isDone());
            other.rollback();
            committing.join();
        }
        assertThat(run.counters.committed().objects()).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHARE", "ACCESS EXCLUSIVE"}) // of CREATE INDEX, of VACUUM FULL and ALTER TABLE
    void lockOnTheTableIsWaitedForAndFailsNothing(String mode) throws Exception {
        run.insertRows(10);
        try (Connection other = locking("LOCK TABLE _nice_binary IN " + mode + " MODE")) {
            var committing = Background.run(() -> run.commit(run.eventsUpTo(10)));
            Await.stays(WHILE, "the table is waited for", () -> !committing.isDone());
            assertThat(run.breaker.tryTurn()).as("no other session waits").isTrue();
            other.rollback();
            committing.join();
        }
        assertThat(run.counters.committed().objects()).isEqualTo(10);
        assertThat(run.pending()).isZero();
    }

    /** After finalizing, the application may be about to insert what the run has just stored, too. */
    @Test
    void uncommittedEqualSha256FailsItsRowForNowAndIsNotTakenForALockedTable() throws Exception {
        run.insertRows(500);
        database.execute("CREATE UNIQUE INDEX ON _nice_binary (sha2)");
        String equal = "INSERT INTO _nice_binary VALUES (repeat('f', 40), 10, 'text/plain', 1000, '" + sha2(250) + "')";
        try (Connection other = locking(equal)) {
            run.commit(run.eventsUpTo(500));
            assertThat(run.counters.committed().objects()).isEqualTo(499);
            assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 1L));
            assertThat(run.sha2Of(250)).isNull();
            other.rollback();
        }
        run.commit(run.event(250));
        assertThat(run.pending()).isZero();
    }

    @Test
    void onlyLocksThatUpdatesWaitForAreSaidToBeInTheWay() throws Exception {
        try (Connection asking = database.connect();
                Connection other = locking("LOCK TABLE _nice_binary IN ROW EXCLUSIVE MODE")) {
            var catalog = new Catalog(asking, Sessions.SQL);
            assertThat(catalog.lockers()).isEqualTo("no session seems to hold a lock on it now");
            try (var statement = other.createStatement()) {
                statement.execute("LOCK TABLE _nice_binary IN SHARE MODE");
            }
            assertThat(catalog.lockers()).matches("pid \\d+ has ShareLock");
            other.rollback();
        }
    }

    @Test
    void runThatIsStoppedDoesNotWaitForALockedTable() throws Exception {
        run.insertRows(2);
        var committer = run.committer(2);
        try (Connection other = locking("LOCK TABLE _nice_binary")) {
            var committing = Background.run(() -> takeAndFinish(committer, run.eventsUpTo(2)));
            Sessions.awaitLockWait(database);
            run.control.stop();
            Await.until(Duration.ofSeconds(30), "the committer gives up", committing::isDone);
            committing.join();
            other.rollback();
        }
        assertThat(run.counters.discardedCount()).isEqualTo(2);
        assertThat(run.sha2Of(1)).as(hash(1)).isNull();
    }

    @Test
    void tableThatIsLockedForLongerThanAnOutageEndsTheRun() throws Exception {
        run.insertRows(2);
        run.breaker = new Breaker("PostgreSQL", Duration.ofSeconds(1), run.control);
        try (Connection other = locking("LOCK TABLE _nice_binary")) {
            run.commit(run.eventsUpTo(2));
            other.rollback();
        }
        assertThat(run.counters.discardedCount()).isEqualTo(2);
        assertThat(run.control.abortReason()).hasValueSatisfying(reason -> {
            assertThat(reason.kind()).isEqualTo(RunAborted.Kind.OUTAGE);
            assertThat(reason)
                    .hasMessageMatching("\"_nice_binary\" was locked for more than .* has AccessExclusiveLock");
        });
    }
}
