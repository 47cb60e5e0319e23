package ch.tocco.lomigrate.committer;

import static ch.tocco.lomigrate.committer.CommitterFixture.takeAndFinish;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.ring.HandlerPool;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Chunks of hashes on a real server: when they are committed, and how the server finds their rows. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
final class CommitterIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

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
    void fullChunkIsCommittedAtOnceAndTheRestAtTheEnd() throws Exception {
        run.insertRows(5);
        var committer = run.committer(2);
        committer.take(run.event(1));
        assertThat(run.pending()).isEqualTo(5);
        committer.take(run.event(2));
        assertThat(run.pending()).isEqualTo(3);
        committer.take(run.event(3));
        committer.endOfBatch();
        assertThat(run.pending()).as("not old yet").isEqualTo(3);
        committer.finish();
        run.assertCommitted(1, 2, 3);
        assertThat(run.pending()).isEqualTo(2);
    }

    @Test
    void idleCommitterCommitsWhatItHas() throws Exception {
        run.insertRows(2);
        var committer = run.committer(100);
        committer.idle();
        committer.take(run.event(1));
        committer.idle();
        run.assertCommitted(1);
        takeAndFinish(committer, run.event(2));
        run.assertCommitted(1, 2);
    }

    @Test
    void oldChunkIsCommittedAtTheEndOfABatch() throws Exception {
        run.insertRows(1);
        var committer = run.committer(100);
        committer.take(run.event(1));
        Await.until(LIMIT, "the chunk is old", () -> {
            committer.endOfBatch();
            return run.pending() == 0;
        });
        run.assertCommitted(1);
        committer.finish();
    }

    @Test
    void rowsOfARingAreCommittedByAllCommittersWhetherMoreComesOrNot() throws Exception {
        run.insertRows(1000);
        Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
        var ring = new LoRing("committer", 64, RunEnd.NEVER);
        var stage = HandlerPool.start(ring, List.of(run.committer(100), run.committer(100)), errors::add);
        for (int i = 1; i <= 999; i++) {
            ring.put(run.event(i));
        }
        Await.until(
                LIMIT, "idle committers commit", () -> run.counters.committed().objects() == 999);
        ring.put(run.event(1000));
        stage.drain();
        assertThat(errors).isEmpty();
        assertThat(run.pending()).isZero();
    }

    @Test
    void largeTableIsUpdatedByIndexWithTheGenericPlan() throws Exception {
        run.insertRows(50_000);
        database.execute("ANALYZE _nice_binary");
        for (int size : new int[] {1, 100, 1000}) {
            for (String sql : List.of(
                    Sessions.SQL.hashes().commit(), Sessions.SQL.hashes().commitUnlocked())) {
                assertThat(plan(sql, size, SourceSql.forceGenericPlan()))
                        .contains("_nice_binary_pkey")
                        .doesNotContain("Seq Scan");
            }
        }
        var committer = run.committer(1000);
        takeAndFinish(committer, run.eventsUpTo(1000));
        assertThat(run.pending()).isEqualTo(49_000);
    }

    /** How the server runs the update of this many rows on a session as committers have it. */
    private String plan(String sql, int size, String... setUp) throws SQLException {
        String prepared = sql;
        for (int i = 1; i <= 3; i++) {
            prepared = prepared.replaceFirst("\\?", "\\$" + i);
        }
        try (Connection connection = run.connections.open("test");
                var statement = connection.createStatement()) {
            for (String first : setUp) {
                statement.execute(first);
            }
            statement.execute("PREPARE commit_chunk(bpchar[], int8[], bpchar[]) AS " + prepared);
            var lines = new ArrayList<String>();
            try (var rows = statement.executeQuery("EXPLAIN EXECUTE commit_chunk(" + array(size, CommitterFixture::hash)
                    + ", " + array(size, Integer::toString) + ", " + array(size, CommitterFixture::sha2) + ")")) {
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
}
