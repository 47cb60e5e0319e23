package ch.tocco.lomigrate.committer;

import static ch.tocco.lomigrate.committer.CommitterFixture.hash;
import static ch.tocco.lomigrate.committer.CommitterFixture.sha2;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** All that can happen to a row of a real server between listing and commit. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
final class CommitterRowsIT {
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

    @Test
    void deletedAndRepointedRowsHaveVanished() throws Exception {
        run.insertRows(4);
        database.execute("DELETE FROM _nice_binary WHERE hash = '" + hash(1) + "'");
        database.execute("UPDATE _nice_binary SET data = 99 WHERE hash = '" + hash(2) + "'");
        run.commit(run.event(1), run.event(2), run.event(3));
        run.assertCommitted(3);
        assertThat(run.counters.vanishedCount()).isEqualTo(2);
        assertThat(run.sha2Of(2)).isNull();
    }

    @Test
    void otherHashThatIsThereAlreadyIsAConflictAndStays() throws Exception {
        run.insertRows(2);
        database.execute("UPDATE _nice_binary SET sha2 = '" + sha2(77) + "' WHERE hash = '" + hash(1) + "'");
        run.commit(run.event(1), run.event(2));
        run.assertCommitted(2);
        assertThat(run.sha2Of(1)).isEqualTo(sha2(77));
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.CONFLICT, 1L));
    }

    @Test
    void sameHashThatIsThereAlreadyIsCommitted() throws Exception {
        run.insertRows(2);
        // As after a COMMIT whose answer was lost.
        database.execute("UPDATE _nice_binary SET sha2 = '" + sha2(1) + "' WHERE hash = '" + hash(1) + "'");
        run.commit(run.event(1), run.event(2));
        run.assertCommitted(1, 2);
    }

    @Test
    void transactionsOfASlowDatabaseBecomeShorter() throws Exception {
        run.insertRows(300);
        database.execute("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " PERFORM pg_sleep(0.01); RETURN NEW; END $$;"
                + " CREATE TRIGGER slow BEFORE UPDATE ON _nice_binary FOR EACH ROW EXECUTE FUNCTION slow()");
        CommitterFixture.takeAndFinish(run.committer(100), run.eventsUpTo(300));
        assertThat(run.counters.committed().objects()).isEqualTo(300);
        String sizes = "SELECT %s(n) FROM (SELECT count(*) n FROM _nice_binary GROUP BY xmin::text) AS transactions";
        assertThat(database.query(String.format(sizes, "max"))).hasValue("100");
        // of 10 ms each no more than 20 fit: 100, 50, 25 and seven more; three without that; more on a busy machine
        assertThat(Integer.parseInt(
                        database.query(String.format(sizes, "count")).orElseThrow()))
                .isBetween(8, 30);
    }

    @Test
    void rowThatIsListedTwiceIsSettledTwiceAndCountsOnce() throws Exception {
        run.insertRows(3);
        run.commit(run.event(1), run.event(2));
        run.commit(run.event(1), run.event(3));
        assertThat(run.counters.committed().objects()).isEqualTo(4);
        assertThat(run.counters.migratedRows()).isEqualTo(3);
    }

    @Test
    void rowsThatShareHashAndOidEachCountWhicheverObjectSettlesThem() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP CONSTRAINT _nice_binary_pkey");
        run.insertRows(2);
        database.execute("INSERT INTO _nice_binary VALUES ('" + hash(1) + "', 10, NULL, 1, NULL)");
        run.commit(run.event(1));
        assertThat(run.counters.migratedRows()).isEqualTo(2);
        run.commit(run.event(1), run.event(2));
        assertThat(run.counters.migratedRows()).isEqualTo(3);
        assertThat(run.pending()).isZero();
    }

    @Test
    void duplicatesInOneChunkAreEachSettled() throws Exception {
        run.insertRows(2);
        run.commit(run.event(2), run.event(1), run.event(2));
        assertThat(run.counters.committed().objects()).isEqualTo(3);
        assertThat(run.counters.migratedRows()).isEqualTo(2);
        assertThat(run.sha2Of(1)).isEqualTo(sha2(1));
        assertThat(run.sha2Of(2)).isEqualTo(sha2(2));
    }

    @Test
    void rowsThatShareAHashAreToldApartByTheirOid() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP CONSTRAINT _nice_binary_pkey");
        run.insertRows(1);
        database.execute("INSERT INTO _nice_binary VALUES ('" + hash(1) + "', 10, NULL, 50, NULL)");
        run.commit(run.event(1));
        assertThat(database.query("SELECT sha2 FROM _nice_binary WHERE data = 1"))
                .contains(sha2(1));
        assertThat(database.query("SELECT sha2 FROM _nice_binary WHERE data = 50"))
                .isEmpty();
    }

    @Test
    void rowThatIsThereTwiceDoesNotHideOneThatVanished() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP CONSTRAINT _nice_binary_pkey");
        run.insertRows(2);
        database.execute("INSERT INTO _nice_binary VALUES ('" + hash(1) + "', 10, NULL, 1, NULL)");
        database.execute("DELETE FROM _nice_binary WHERE data = 2");
        run.commit(run.event(1), run.event(2));
        assertThat(run.counters.committed().objects()).isEqualTo(1);
        assertThat(run.counters.vanishedCount()).isEqualTo(1);
        assertThat(run.pending()).isZero();
    }

    @Test
    void tableWithRulesThatDoMoreIsUpdatedAlsoPastALockedRow() throws Exception {
        run.insertRows(4);
        run.lockTimeout = Duration.ofMillis(100);
        database.execute("""
                CREATE TABLE log (hash text, sha2 text);
                CREATE RULE log AS ON UPDATE TO _nice_binary DO ALSO INSERT INTO log VALUES (NEW.hash, NEW.sha2);
                """);
        run.commit(run.event(1), run.event(2));
        run.assertCommitted(1, 2);
        try (Connection other = database.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT 1 FROM _nice_binary WHERE data = 3 FOR UPDATE");
            run.commit(run.event(3), run.event(4));
            other.rollback();
        }
        run.assertCommitted(1, 2, 4);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 1L));
        assertThat(database.query("SELECT string_agg(sha2, ',' ORDER BY sha2) FROM log"))
                .contains(sha2(1) + "," + sha2(2) + "," + sha2(4));
    }

    @Test
    void rowThatATriggerRefusesFailsAlone() throws Exception {
        run.insertRows(10);
        database.execute("""
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                  BEGIN RAISE EXCEPTION 'row % is protected', NEW.data; END $$;
                CREATE TRIGGER refuse BEFORE UPDATE ON _nice_binary FOR EACH ROW WHEN (OLD.data = 7)
                  EXECUTE FUNCTION refuse();
                """);
        run.commit(run.eventsUpTo(10));
        run.assertCommitted(1, 2, 3, 4, 5, 6, 8, 9, 10);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 1L));
        assertThat(run.sha2Of(7)).isNull();
    }

    @Test
    void rowThatTheServersMemoryIsTooSmallForFailsAlone() throws Exception {
        run.insertRows(3);
        database.execute("""
                CREATE FUNCTION greedy() RETURNS trigger LANGUAGE plpgsql AS $$
                  BEGIN RAISE EXCEPTION 'out of memory' USING ERRCODE = '53200'; END $$;
                CREATE TRIGGER greedy BEFORE UPDATE ON _nice_binary FOR EACH ROW WHEN (OLD.data = 2)
                  EXECUTE FUNCTION greedy();
                """);
        run.commit(run.eventsUpTo(3));
        run.assertCommitted(1, 3);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 1L));
    }

    @Test
    void updateThatATriggerSwallowsIsNotCountedAsCommitted() throws Exception {
        run.insertRows(2);
        database.execute("""
                CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
                CREATE TRIGGER swallow BEFORE UPDATE ON _nice_binary FOR EACH ROW WHEN (OLD.data = 1)
                  EXECUTE FUNCTION swallow();
                """);
        run.commit(run.event(1), run.event(2));
        run.assertCommitted(2);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 1L));
    }
}
