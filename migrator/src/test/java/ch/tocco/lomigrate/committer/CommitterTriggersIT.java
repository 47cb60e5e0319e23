package ch.tocco.lomigrate.committer;

import static ch.tocco.lomigrate.committer.CommitterFixture.hash;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
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

/** Triggers that take locks of their own, or time: production waits for no commit until it looks for a deadlock. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
@Tag("slow")
final class CommitterTriggersIT {
    /** PostgreSQL's default, which the tests' servers have: a commit may wait for a quarter of it for a single lock. */
    private static final long DEADLOCK_TIMEOUT_MILLIS = 1000;

    /** Each alone is no longer than a commit may wait, all together they are much longer. */
    private static final long HELD_MILLIS = 120;

    private static final int COUNTERS = 14;

    private SourceDatabase database;
    private CommitterFixture run;

    @BeforeEach
    void open(SourceDatabase fresh) throws SQLException {
        database = fresh;
        run = new CommitterFixture(database);
        run.insertRows(10);
    }

    @AfterEach
    void booksBalance() {
        run.assertBooksBalance();
    }

    /** Production holds one counter after the other for a short time each, and the last of them until it gets row 1. */
    @ParameterizedTest
    @ValueSource(strings = {"TRIGGER taking BEFORE UPDATE", "CONSTRAINT TRIGGER taking AFTER UPDATE"})
    void triggerThatWaitsForManyLocksIsGivenUpBeforeProductionLooksForADeadlock(String trigger) throws Exception {
        database.execute("CREATE TABLE counter AS SELECT i, 0 AS n FROM generate_series(1, " + COUNTERS + ") i;"
                + " CREATE FUNCTION taking() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " FOR k IN 1.." + COUNTERS + " LOOP UPDATE counter SET n = n + 1 WHERE i = k; END LOOP;"
                + " RETURN NEW; END $$;"
                + " CREATE " + trigger + " ON _nice_binary "
                + (trigger.startsWith("CONSTRAINT") ? "DEFERRABLE INITIALLY DEFERRED " : "")
                + "FOR EACH ROW WHEN (OLD.data = 9) EXECUTE FUNCTION taking()");
        List<Connection> holders = new ArrayList<>();
        try (Connection production = holding(COUNTERS)) {
            for (int i = 1; i < COUNTERS; i++) {
                holders.add(holding(i));
            }
            var committing = Background.run(() -> run.commit(run.eventsUpTo(10)));
            var updating = Background.run(() -> updateOnceItWaits(production, committing));
            long longest = releaseOneByOne(holders, committing);
            updating.join();
            committing.join();
            assertThat(longest)
                    .as("milliseconds that a transaction of the committer took until it waited for its last lock")
                    .isLessThan(DEADLOCK_TIMEOUT_MILLIS);
        } finally {
            for (Connection holder : holders) {
                holder.close();
            }
        }
        assertThat(run.counters.failed()).isEmpty();
        assertThat(run.pending()).isZero();
        assertThat(database.query("SELECT string_agg(DISTINCT n::text, ' ') FROM counter"))
                .as("each counter is counted up once, by the trigger")
                .contains("1");
    }

    private Connection holding(int counter) throws SQLException {
        Connection connection = database.connect();
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("SELECT 1 FROM counter WHERE i = " + counter + " FOR UPDATE");
        }
        return connection;
    }

    /** Row 1 is one that the committer has locked by then. */
    private void updateOnceItWaits(Connection production, Future<?> committing) throws Exception {
        while (waited().isEmpty() && !committing.isDone()) {
            Thread.sleep(20);
        }
        try (var statement = production.createStatement()) {
            statement.execute("UPDATE _nice_binary SET mime_type = 'a/b' WHERE hash = '" + hash(1) + "'");
        }
        production.commit();
    }

    /** Releases each some time after the committer has begun to wait; says how old its transaction was at most. */
    private long releaseOneByOne(List<Connection> holders, Future<?> committing) throws Exception {
        long longest = 0;
        for (Connection holder : holders) {
            long since = 0;
            while (!committing.isDone() && (since == 0 || System.nanoTime() - since < HELD_MILLIS * 1_000_000)) {
                List<Long> waited = waited();
                longest = waited.stream().mapToLong(millis -> millis).reduce(longest, Math::max);
                if (since == 0 && !waited.isEmpty()) {
                    since = System.nanoTime();
                }
                Thread.sleep(20);
            }
            holder.rollback();
        }
        while (!committing.isDone()) {
            longest = waited().stream().mapToLong(millis -> millis).reduce(longest, Math::max);
            Thread.sleep(20);
        }
        return longest;
    }

    /** The age of the transaction of each committer that waits for a lock. */
    private List<Long> waited() throws SQLException {
        return database
                .query("SELECT (extract(epoch FROM clock_timestamp() - xact_start) * 1000)::int8" + Sessions.BACKENDS
                        + "AND wait_event_type = 'Lock'")
                .stream()
                .map(Long::valueOf)
                .toList();
    }

    /** It waits for no lock, so production may well wait for it. */
    @Test
    void triggerThatTakesLongAloneIsWaitedFor() throws Exception {
        database.execute("""
                CREATE FUNCTION sleeping() RETURNS trigger LANGUAGE plpgsql AS $$
                  BEGIN PERFORM pg_sleep(0.7); RETURN NEW; END $$;
                CREATE TRIGGER sleeping BEFORE UPDATE OF sha2 ON _nice_binary FOR EACH ROW WHEN (OLD.data = 9)
                  EXECUTE FUNCTION sleeping()
                """);
        run.commit(run.eventsUpTo(10));
        assertThat(run.pending()).isZero();
        assertThat(run.counters.failed()).isEmpty();
    }

    /** A check that fires at the end of the transaction still fails its row only. */
    @Test
    void deferredTriggerThatRefusesARowFailsThisOne() throws Exception {
        database.execute("""
                CREATE FUNCTION refusing() RETURNS trigger LANGUAGE plpgsql AS $$
                  BEGIN RAISE EXCEPTION 'not this one' USING ERRCODE = '23514'; END $$;
                CREATE CONSTRAINT TRIGGER refusing AFTER UPDATE ON _nice_binary DEFERRABLE INITIALLY DEFERRED
                  FOR EACH ROW WHEN (OLD.data = 5) EXECUTE FUNCTION refusing()
                """);
        run.commit(run.eventsUpTo(10));
        assertThat(run.pending()).isOne();
        assertThat(run.sha2Of(5)).isNull();
        assertThat(run.counters.failed()).containsOnlyKeys(FailureReason.NOT_COMMITTED);
    }
}
