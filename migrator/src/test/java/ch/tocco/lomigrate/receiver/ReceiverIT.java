package ch.tocco.lomigrate.receiver;

import static ch.tocco.lomigrate.receiver.ReceiverFixture.DISK;
import static ch.tocco.lomigrate.receiver.ReceiverFixture.MEMORY;
import static ch.tocco.lomigrate.receiver.ReceiverFixture.row;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.receiver.ReceiverFixture.Way;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.ring.Worker;
import ch.tocco.lomigrate.ring.WorkerPool;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Good and broken large objects of a real server, in memory and by way of a spill file. Nothing is left behind. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
final class ReceiverIT {
    @TempDir
    private Path parent;

    private SourceDatabase database;
    private ReceiverFixture run;

    @BeforeEach
    void open(SourceDatabase fresh) throws IOException {
        database = fresh;
        run = new ReceiverFixture(database, parent);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        run.assertNothingIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void objectThatTheServersMemoryIsTooSmallForFailsAlone(Way way) throws Exception {
        var rows = List.of(run.good(1, 100), run.good(2, 100), run.good(3, 100));
        database.execute("""
                ALTER FUNCTION pg_catalog.lo_get(oid, bigint, integer) RENAME TO lo_get_real;
                CREATE FUNCTION pg_catalog.lo_get(o oid, at bigint, n integer) RETURNS bytea LANGUAGE plpgsql AS $$
                  BEGIN
                    IF o = %d THEN RAISE EXCEPTION 'out of memory' USING ERRCODE = '53200'; END IF;
                    RETURN pg_catalog.lo_get_real(o, at, n);
                  END $$;
                """.formatted(Rows.oid(rows.get(1))));
        run.receive(way, rows);
        run.assertReceived(rows.get(0), way);
        run.assertReceived(rows.get(2), way);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.UNREADABLE, 1L));
    }

    @ParameterizedTest
    @EnumSource
    void badObjectsFailWithTheirReasonAndGoodOnesBetweenThemDoNot(Way way) throws Exception {
        var goods = List.of(run.good(0, 0), run.good(1, 1001), run.good(2, 1002), run.good(3, 1003));
        byte[] content = GeneratedContent.bytes(100, 5000);
        byte[] other = GeneratedContent.bytes(7, 5000);
        run.receive(
                way,
                List.of(
                        goods.get(0),
                        row(content, 5000, 4_000_000_000L), // there is none
                        goods.get(1),
                        row(content, 4999, database.createObject(content)),
                        row(content, 0, database.createObject(content)),
                        goods.get(2),
                        row(content, 5001, database.createObject(content)),
                        goods.get(3),
                        row(content, 5000, database.createObject(other))));
        goods.forEach(row -> run.assertReceived(row, way));
        assertThat(run.received).hasSize(4);
        assertThat(run.counters.failed())
                .isEqualTo(Map.of(
                        FailureReason.MISSING, 1L, FailureReason.SIZE_MISMATCH, 3L, FailureReason.HASH_MISMATCH, 1L));
        assertThat(run.counters.received().objects()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    void objectWithoutPermissionFailsAloneInItsBatch(Way way) throws Exception {
        String role = Sessions.createRole(database);
        var rows = new ArrayList<SourceRow>();
        for (int i = 0; i < 16; i++) {
            rows.add(run.good(i, 100));
            if (i != 6 && i != 15) {
                database.execute("GRANT SELECT ON LARGE OBJECT " + Rows.oid(rows.get(i)) + " TO " + role);
            }
        }
        run.connections = Sessions.connections(database, role, role);
        run.receive(way, rows);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.NO_PERMISSION, 2L));
        assertThat(run.received).hasSize(14).doesNotContainKeys(Rows.oid(rows.get(6)), Rows.oid(rows.get(15)));
    }

    @ParameterizedTest
    @EnumSource
    void upperCaseHashIsTheSameHash(Way way) throws Exception {
        var row = run.good(1, 100);
        var upper = Rows.of(row.key().text().toUpperCase(Locale.ROOT), 100, null, Rows.oid(row));
        run.receive(way, List.of(upper));
        run.assertReceived(row, way);
    }

    @ParameterizedTest
    @EnumSource
    void rowsThatShareAnOidAreEachRead(Way way) throws Exception {
        var row = run.good(1, 100);
        var wrong = Rows.of("0".repeat(40), 100, null, Rows.oid(row));
        var longer = Rows.of(row.key().text(), 101, null, Rows.oid(row));
        run.receive(way, List.of(row, wrong, row, longer));
        assertThat(run.counters.committed().objects()).isEqualTo(2);
        assertThat(run.counters.failed())
                .isEqualTo(Map.of(FailureReason.HASH_MISMATCH, 1L, FailureReason.SIZE_MISMATCH, 1L));
    }

    @ParameterizedTest
    @EnumSource
    void holesOfSparseObjectsAreZeros(Way way) throws Exception {
        long oid = database.createObject(new byte[] {1});
        database.execute("SELECT lo_put(" + oid + ", 50000, '\\x02')");
        byte[] content = new byte[50_001];
        content[0] = 1;
        content[50_000] = 2;
        var row = row(content, content.length, oid);
        run.receive(way, List.of(row));
        run.assertReceived(row, way);
    }

    @ParameterizedTest
    @EnumSource
    void oidsBeyondSignedIntegersAreRead(Way way) throws Exception {
        byte[] content = GeneratedContent.bytes(1, 100);
        for (long oid : new long[] {3_000_000_000L, LargeObject.MAX_OID}) {
            database.execute("SELECT lo_create(" + oid + "::oid), lo_put(" + oid + "::oid, 0, decode('"
                    + HexFormat.of().formatHex(content) + "', 'hex'))");
            run.receive(way, List.of(row(content, 100, oid)));
            run.assertReceived(row(content, 100, oid), way);
        }
    }

    @ParameterizedTest
    @EnumSource
    void objectThatWasChangedSinceItWasListedFails(Way way) throws Exception {
        var row = run.good(1, 1000);
        database.execute("SELECT lo_put(" + Rows.oid(row) + ", 500, '\\x00000000')");
        run.receive(way, List.of(row));
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.HASH_MISMATCH, 1L));
    }

    @Test
    void runIsCutToWhatTheMemoryHasRoomFor() throws Exception {
        var rows = new ArrayList<SourceRow>();
        for (int i = 0; i < 30; i++) {
            rows.add(run.good(i, 60_000));
        }
        run.receive(Way.MEMORY, rows);
        assertThat(run.received).hasSize(30);
        assertThat(run.mostMemory).as("bytes in memory at once").isBetween(60_000L, MEMORY);
    }

    /** Its ring is empty, and the giants' own receiver is busy for ever. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void receiverThatIsIdleReadsTheGiantsThatAreAsideUnlessTheRunHasEnded(boolean ended) throws Exception {
        var rows = List.of(run.good(1, 70_000), run.good(2, 80_000), run.good(3, 90_000));
        var open = new CountDownLatch(1);
        var giants = new LoRing("giant-receiver", 4, RunEnd.NEVER);
        var files = new LoRing("giant-storer", 4, RunEnd.NEVER);
        var small = new LoRing("receiver", 4, RunEnd.NEVER);
        var aside = new GiantsAside(giants, files, small, 1, run.control);
        var own = run.receiver(Way.MEMORY, 1, run::take);
        var pool = WorkerPool.start(giants, List.of(opened(own, open)), 1, Long.MAX_VALUE, e -> {});
        var helping = run.receiver(Way.MEMORY, 2, run::take, Optional.of(aside.helper(pool)));
        var event = new LoEvent();
        for (SourceRow row : rows) {
            event.listed(row);
            run.counters.observed().done(row.size().bytes());
            assertThat(aside.put(event)).isTrue();
        }
        if (ended) {
            run.control.stop();
        }
        helping.idle();
        helping.finish();
        if (ended) {
            assertThat(run.received).isEmpty();
            assertThat(giants.used()).isEqualTo(3);
        } else {
            rows.forEach(row -> run.assertReceived(row, Way.FILE));
        }
        open.countDown();
        pool.drain();
        assertThat(run.counters.discardedCount()).isEqualTo(ended ? 3 : 0);
    }

    /** The same worker, which waits before it takes anything. */
    private static Worker opened(Worker worker, CountDownLatch open) {
        return new Worker() {
            @Override
            public int ready(LoEvent[] into) throws InterruptedException {
                open.await();
                return worker.ready(into);
            }

            @Override
            public void work(LoEvent[] events, int count) throws InterruptedException {
                worker.work(events, count);
            }

            @Override
            public void finish() throws InterruptedException {
                worker.finish();
            }
        };
    }

    @Test
    void largeObjectsOfManyChunksAreReadWhole() throws Exception {
        int chunk = 256 << 10;
        var rows = new ArrayList<SourceRow>();
        for (int size : new int[] {chunk - 1, chunk, chunk + 1, 2 * chunk - 1, 2 * chunk, 5 << 20}) {
            rows.add(run.good(size, size));
        }
        run.receive(Way.FILE, rows);
        rows.forEach(row -> run.assertReceived(row, Way.FILE));
    }

    @Test
    void objectLargerThanTheSpillBudgetFails() throws Exception {
        var row = run.good(1, 100);
        var tooLarge = Rows.of(row.key().text(), DISK + 1, null, Rows.oid(row));
        var small = run.good(2, 100);
        run.receive(Way.FILE, List.of(tooLarge, small));
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.TOO_LARGE, 1L));
        run.assertReceived(small, Way.FILE);
    }
}
