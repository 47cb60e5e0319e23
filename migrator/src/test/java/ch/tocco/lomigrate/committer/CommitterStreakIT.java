package ch.tocco.lomigrate.committer;

import static ch.tocco.lomigrate.committer.CommitterFixture.takeAndFinish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where no row can be committed any more the run ends; single rows, however many, end nothing. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
final class CommitterStreakIT {
    private SourceDatabase database;
    private CommitterFixture run;

    @BeforeEach
    void open(SourceDatabase fresh) {
        database = fresh;
        run = new CommitterFixture(database);
    }

    @AfterEach
    void booksBalance() {
        run.assertBooksBalance();
    }

    private void createTrigger(String when, String body) throws Exception {
        database.execute("CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body + " END $$;"
                + " CREATE TRIGGER never BEFORE UPDATE ON _nice_binary FOR EACH ROW WHEN (" + when
                + ") EXECUTE FUNCTION never()");
    }

    @ParameterizedTest
    @CsvSource({
        "RAISE 'never' USING HINT = 'drop it';, ERROR: never (SQLSTATE P0001); HINT: drop it",
        "RETURN NULL;, a trigger or a rule discards the update",
        "NEW.sha2 := NULL; RETURN NEW;, a trigger or a rule discards the update"
    })
    void rowsThatAllFailAlikeEndTheRunAndOtherCommittersWithIt(String body, String words) throws Exception {
        run.insertRows(400);
        createTrigger("true", body);
        var other = run.committer(50);
        for (LoEvent event : run.eventsUpTo(20)) {
            other.take(event);
        }

        assertThatThrownBy(() -> takeAndFinish(run.committer(300), run.eventsUpTo(300)))
                .isInstanceOf(RunAborted.class)
                .hasMessageContainingAll("100 rows one after another failed alike", words);
        assertThatThrownBy(other::finish).isInstanceOf(RunAborted.class);

        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, FailureStreak.MOST - 1L));
        assertThat(run.counters.discardedCount()).isEqualTo(201 + 20);
        assertThat(run.pending()).isEqualTo(400);
    }

    /** Such a row is not migrated, though PostgreSQL says that it was updated. */
    @Test
    void rowThatATriggerGivesAnotherHashFails() throws Exception {
        run.insertRows(3);
        createTrigger("OLD.data = 2", "NEW.sha2 := repeat('a', 64); RETURN NEW;");
        run.commit(run.eventsUpTo(3));
        assertThat(run.counters.committed().objects()).isEqualTo(2);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.CONFLICT, 1L));
    }

    /** PostgreSQL says of each row that it was updated, and tells the SHA-256 that the trigger takes away after that. */
    @Test
    void afterTriggerThatTakesTheHashAwayEndsTheRun() throws Exception {
        run.insertRows(400);
        database.execute("CREATE FUNCTION after_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " UPDATE _nice_binary SET sha2 = NULL WHERE data = NEW.data; RETURN NULL; END $$;"
                + " CREATE TRIGGER after_all AFTER UPDATE ON _nice_binary FOR EACH ROW WHEN (NEW.sha2 IS NOT NULL)"
                + " EXECUTE FUNCTION after_all()");
        assertThatThrownBy(() -> takeAndFinish(run.committer(300), run.eventsUpTo(300)))
                .isInstanceOf(RunAborted.class)
                .hasMessageContainingAll("100 rows one after another failed alike", "a trigger or a rule discards");
        assertThat(run.counters.committed().objects()).isZero();
    }

    /** Once one row has lost its SHA-256, no chunk is trusted any more. */
    @Test
    void afterAFirstLossEachChunkIsLookedAt() throws Exception {
        run.insertRows(40);
        database.execute("CREATE FUNCTION after_some() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " UPDATE _nice_binary SET sha2 = NULL WHERE data = NEW.data; RETURN NULL; END $$;"
                + " CREATE TRIGGER after_some AFTER UPDATE ON _nice_binary FOR EACH ROW"
                + " WHEN (NEW.sha2 IS NOT NULL AND NEW.data::int8 IN (5, 25, 35)) EXECUTE FUNCTION after_some()");
        takeAndFinish(run.committer(10), run.eventsUpTo(40));
        assertThat(run.counters.committed().objects()).isEqualTo(37);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 3L));
    }

    @Test
    void badRowsAmongGoodOnesEndNothing() throws Exception {
        run.insertRows(400);
        createTrigger("OLD.data::int8 % 50 <> 0", "RAISE 'protected';");
        takeAndFinish(run.committer(100), run.eventsUpTo(400));
        assertThat(run.counters.committed().objects()).isEqualTo(8);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 392L));
    }

    /** Also where more than enough of them come first. */
    @Test
    void rowsThatAreNotUpdatedBesideCommittedOnesEndNothing() throws Exception {
        run.insertRows(300);
        createTrigger("OLD.data::int8 < 300", "RETURN NULL;");
        run.commit(run.eventsUpTo(300));
        run.assertCommitted(300);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 299L));
    }

    @Test
    void rowsThatAreNotUpdatedAreNotTakenForLockedBesideOneThatIs() throws Exception {
        run.insertRows(150);
        run.lockTimeout = Duration.ofMillis(300);
        createTrigger("true", "RETURN NULL;");
        try (Connection other = database.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT 1 FROM _nice_binary WHERE data = 1 FOR UPDATE");
            assertThatThrownBy(() -> run.commit(run.eventsUpTo(150)))
                    .isInstanceOf(RunAborted.class)
                    .hasMessageContaining("discards the update");
            other.rollback();
        }
    }

    /** As at the end of a run, when nothing else is left to commit. */
    @Test
    void rowsThatFailedBeforeMayFailAgainOneAfterAnother() throws Exception {
        run.insertRows(300);
        createTrigger("OLD.data::int8 % 2 = 1", "RAISE 'protected';");
        takeAndFinish(run.committer(100), run.eventsUpTo(300));
        LoEvent[] again = IntStream.rangeClosed(1, 300)
                .filter(i -> i % 2 == 1)
                .mapToObj(run::event)
                .toArray(LoEvent[]::new);
        takeAndFinish(run.committer(100), again);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 150L));
    }
}
