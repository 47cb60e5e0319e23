package ch.tocco.lomigrate.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.control.Breaker;
import ch.tocco.lomigrate.control.RunControl;
import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.monitor.Books;
import ch.tocco.lomigrate.monitor.Counters;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Backends;
import ch.tocco.lomigrate.testkit.Digests;
import ch.tocco.lomigrate.testkit.GeneratedContent;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.SourceDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Good and broken large objects of a real server, in memory and by way of a spill file. Nothing is left behind. */
@ExtendWith(Backends.class)
@Timeout(120)
final class ReceiverIT {
    private static final int IN_MEM_MAX = 64 << 10;
    private static final long DISK = 8 << 20;

    /** The two ways that an object may take. */
    enum Way {
        MEMORY(IN_MEM_MAX),
        FILE(-1);

        final long inMemMax;

        Way(long inMemMax) {
            this.inMemMax = inMemMax;
        }
    }

    @TempDir
    private Path parent;

    private final RunControl control = new RunControl();
    private final Counters counters = new Counters();
    private final Books books = new Books(counters);
    private final ByteBudget memory = new ByteBudget(1 << 20, control::ended);
    private final ByteBudget disk = new ByteBudget(DISK, control::ended);
    private final Breaker room = new Breaker("the spill directory", Duration.ofMinutes(10), control);
    private final Map<Long, Received> received = new HashMap<>();

    private SourceDatabase database;
    private SpillDir spillDir;
    private PgConnections connections;

    /** What was handed to the storers, read again. */
    private record Received(Digests content, String sha256, boolean inFile) {}

    @BeforeEach
    void open(SourceDatabase fresh) throws IOException {
        database = fresh;
        spillDir = SpillDir.create(parent);
        connections = Sessions.connections(database);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        assertThat(counters.balanced()).as("books balance").isTrue();
        assertThat(memory.used()).as("memory still taken").isZero();
        assertThat(disk.used()).as("disk still taken").isZero();
        assertThat(spillFiles()).as("spill files").isEmpty();
        spillDir.close();
        assertThat(parent).isEmptyDirectory();
    }

    private List<Path> spillFiles() throws IOException {
        try (Stream<Path> files = Files.walk(parent)) {
            return files.filter(file -> file.getFileName().toString().startsWith("lo-"))
                    .filter(Files::isRegularFile)
                    .toList();
        }
    }

    private boolean take(LoEvent event) {
        try {
            Payload payload = event.payload();
            boolean inFile = payload instanceof Payload.SpillFile;
            byte[] bytes = payload instanceof Payload.SpillFile file
                    ? Files.readAllBytes(file.file())
                    : ((Payload.InMemory) payload).bytes();
            assertThat(payload.size()).isEqualTo(bytes.length);
            received.put(event.row().oid(), new Received(Digests.of(bytes), event.sha256(), inFile));
            counters.committed().done(bytes.length);
            event.clear();
            return true;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Receiver receiver(Way way, int maxRun) {
        var setup = new ReceiverSetup(
                way.inMemMax, memory, spillDir, disk, room, control, counters, books, this::take, this::take);
        return new Receiver(setup, Sessions.session(connections, control), maxRun);
    }

    /** Hands these rows to a receiver as one run. */
    private void receive(Way way, List<SourceRow> rows) throws InterruptedException {
        var receiver = receiver(way, Math.max(1, rows.size()));
        LoEvent[] events = new LoEvent[rows.size()];
        assertThat(receiver.ready(events)).isEqualTo(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            events[i].listed(rows.get(i));
            counters.observed().done(rows.get(i).size());
        }
        receiver.work(events, rows.size());
        receiver.finish();
        assertThat(events).allMatch(LoEvent::isEmpty);
    }

    private SourceRow good(long seed, int size) throws SQLException {
        byte[] content = GeneratedContent.bytes(seed, size);
        return row(content, size, database.createObject(content));
    }

    private static SourceRow row(byte[] content, long size, long oid) {
        return new SourceRow(Digests.of(content).sha1(), size, "text/plain", oid);
    }

    private void assertReceived(SourceRow row, Way way) {
        var found = received.get(row.oid());
        assertThat(found).as("oid " + row.oid()).isNotNull();
        assertThat(found.content().sha1()).isEqualToIgnoringCase(row.hash());
        assertThat(found.sha256()).isEqualTo(found.content().sha256());
        assertThat(found.inFile()).isEqualTo(way == Way.FILE);
    }

    private static void addTo(Map<FailureReason, Long> counts, FailureReason reason) {
        counts.merge(reason, 1L, Long::sum);
    }

    @ParameterizedTest
    @EnumSource
    void objectThatTheServersMemoryIsTooSmallForFailsAlone(Way way) throws Exception {
        var rows = List.of(good(1, 100), good(2, 100), good(3, 100));
        database.execute("""
                CREATE SCHEMA full_server;
                CREATE FUNCTION full_server.lo_get(o oid, at bigint, n integer) RETURNS bytea LANGUAGE plpgsql AS $$
                  BEGIN
                    IF o = %d THEN RAISE EXCEPTION 'out of memory' USING ERRCODE = '53200'; END IF;
                    RETURN pg_catalog.lo_get(o, at, n);
                  END $$;
                ALTER DATABASE %s SET search_path = full_server, pg_catalog, public;
                """.formatted(rows.get(1).oid(), database.name()));
        receive(way, rows);
        assertReceived(rows.get(0), way);
        assertReceived(rows.get(2), way);
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.UNREADABLE, 1L));
    }

    @ParameterizedTest
    @EnumSource
    void badObjectsFailWithTheirReasonAndGoodOnesBetweenThemDoNot(Way way) throws Exception {
        var goods = new ArrayList<SourceRow>();
        var rows = new ArrayList<SourceRow>();
        Map<FailureReason, Long> expected = new HashMap<>();
        for (int i = 0; i < 4; i++) {
            goods.add(good(i, i == 0 ? 0 : 1000 + i));
            rows.add(goods.get(i));
            byte[] content = GeneratedContent.bytes(100 + i, 5000);
            switch (i) {
                case 0 -> {
                    rows.add(row(content, 5000, 4_000_000_000L));
                    addTo(expected, FailureReason.MISSING);
                }
                case 1 -> {
                    rows.add(row(content, 4999, database.createObject(content)));
                    rows.add(row(content, 0, database.createObject(content)));
                    addTo(expected, FailureReason.SIZE_MISMATCH);
                    addTo(expected, FailureReason.SIZE_MISMATCH);
                }
                case 2 -> {
                    rows.add(row(content, 5001, database.createObject(content)));
                    addTo(expected, FailureReason.SIZE_MISMATCH);
                }
                default -> {
                    byte[] other = GeneratedContent.bytes(7, 5000);
                    rows.add(row(content, 5000, database.createObject(other)));
                    addTo(expected, FailureReason.HASH_MISMATCH);
                }
            }
        }
        receive(way, rows);
        goods.forEach(row -> assertReceived(row, way));
        assertThat(received).hasSize(4);
        assertThat(counters.failed()).isEqualTo(expected);
        assertThat(counters.received().objects()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    void objectWithoutPermissionFailsAloneInItsBatch(Way way) throws Exception {
        String role = Sessions.createRole(database);
        var rows = new ArrayList<SourceRow>();
        for (int i = 0; i < 16; i++) {
            rows.add(good(i, 100));
            if (i != 6 && i != 15) {
                database.execute("GRANT SELECT ON LARGE OBJECT " + rows.get(i).oid() + " TO " + role);
            }
        }
        connections = Sessions.connections(database, role, role);
        receive(way, rows);
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.NO_PERMISSION, 2L));
        assertThat(received)
                .hasSize(14)
                .doesNotContainKeys(rows.get(6).oid(), rows.get(15).oid());
    }

    @ParameterizedTest
    @EnumSource
    void upperCaseHashIsTheSameHash(Way way) throws Exception {
        var row = good(1, 100);
        var upper = new SourceRow(row.hash().toUpperCase(Locale.ROOT), 100, null, row.oid());
        receive(way, List.of(upper));
        assertReceived(row, way);
    }

    @ParameterizedTest
    @EnumSource
    void rowsThatShareAnOidAreEachRead(Way way) throws Exception {
        var row = good(1, 100);
        var wrong = new SourceRow("0".repeat(40), 100, null, row.oid());
        var longer = new SourceRow(row.hash(), 101, null, row.oid());
        receive(way, List.of(row, wrong, row, longer));
        assertThat(counters.committed().objects()).isEqualTo(2);
        assertThat(counters.failed())
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
        receive(way, List.of(row));
        assertReceived(row, way);
    }

    @ParameterizedTest
    @EnumSource
    void oidsBeyondSignedIntegersAreRead(Way way) throws Exception {
        byte[] content = GeneratedContent.bytes(1, 100);
        for (long oid : new long[] {3_000_000_000L, SourceRow.MAX_OID}) {
            database.execute("SELECT lo_create(" + oid + "::oid), lo_put(" + oid + "::oid, 0, decode('"
                    + HexFormat.of().formatHex(content) + "', 'hex'))");
            receive(way, List.of(row(content, 100, oid)));
            assertReceived(row(content, 100, oid), way);
        }
    }

    @ParameterizedTest
    @EnumSource
    void objectThatWasChangedSinceItWasListedFails(Way way) throws Exception {
        var row = good(1, 1000);
        database.execute("SELECT lo_put(" + row.oid() + ", 500, '\\x00000000')");
        receive(way, List.of(row));
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.HASH_MISMATCH, 1L));
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsReadOnceTheRunHasEnded(Way way) throws Exception {
        var rows = List.of(good(1, 100), good(2, 100), good(3, 100));
        control.stop();
        receive(way, rows);
        assertThat(received).isEmpty();
        assertThat(counters.discardedCount()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void brokenConnectionIsReplacedAndTheObjectReadAgain(Way way) throws Exception {
        var receiver = receiver(way, 1);
        var first = good(1, 1000);
        var second = good(2, 1000);
        for (SourceRow row : List.of(first, second)) {
            LoEvent[] events = new LoEvent[1];
            receiver.ready(events);
            events[0].listed(row);
            counters.observed().done(1000);
            receiver.work(events, 1);
            database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND application_name = 'lo-migrate test'");
        }
        receiver.finish();
        assertReceived(first, way);
        assertReceived(second, way);
    }

    @Test
    void runIsCutToWhatTheMemoryHasRoomFor() throws Exception {
        var rows = new ArrayList<SourceRow>();
        for (int i = 0; i < 30; i++) {
            rows.add(good(i, 60_000));
        }
        receive(Way.MEMORY, rows);
        assertThat(received).hasSize(30);
    }

    @Test
    void largeObjectsOfManyChunksAreReadWhole() throws Exception {
        int chunk = 256 << 10;
        var rows = new ArrayList<SourceRow>();
        for (int size : new int[] {chunk - 1, chunk, chunk + 1, 2 * chunk - 1, 2 * chunk, 5 << 20}) {
            rows.add(good(size, size));
        }
        receive(Way.FILE, rows);
        rows.forEach(row -> assertReceived(row, Way.FILE));
    }

    @Test
    void objectLargerThanTheSpillBudgetFails() throws Exception {
        var row = good(1, 100);
        var tooLarge = new SourceRow(row.hash(), DISK + 1, null, row.oid());
        var small = good(2, 100);
        receive(Way.FILE, List.of(tooLarge, small));
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.TOO_LARGE, 1L));
        assertReceived(small, Way.FILE);
    }

    @Test
    void waitForRoomInTheSpillDirectoryEndsWithTheRun() throws Exception {
        var row = good(1, 100);
        disk.take(DISK);
        var working = CompletableFuture.runAsync(() -> {
            try {
                receive(Way.FILE, List.of(row));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Thread.sleep(100);
        assertThat(working).isNotDone();
        control.stop();
        working.join();
        disk.giveBack(DISK);
        assertThat(counters.discardedCount()).isOne();
    }

    @Test
    void streamEndsWithTheRunAndTheFileGoes() throws Exception {
        var row = good(1, 8 << 20);
        // A trickling connection is not needed: the run is ended as soon as the first bytes are in the file.
        var ending = new Thread(() -> {
            try {
                Await.until(Duration.ofSeconds(30), "the file grows", () -> {
                    for (Path file : spillFiles()) {
                        if (Files.exists(file) && Files.size(file) > 0) {
                            return true;
                        }
                    }
                    return false;
                });
            } catch (Exception gone) {
                // then it was quicker, which the assertion tells
            }
            control.stop();
        });
        ending.start();
        receive(Way.FILE, List.of(row));
        ending.join();
        assertThat(counters.discardedCount() + counters.committed().objects()).isOne();
    }

    @Test
    void storersThatTakeNothingMoreCostNothing() throws Exception {
        var rows = List.of(good(1, 100), good(2, 100));
        for (Way way : Way.values()) {
            var setup = new ReceiverSetup(
                    way.inMemMax,
                    memory,
                    spillDir,
                    disk,
                    room,
                    control,
                    counters,
                    books,
                    event -> false,
                    event -> false);
            var receiver = new Receiver(setup, Sessions.session(connections, control), 2);
            LoEvent[] events = new LoEvent[2];
            receiver.ready(events);
            for (int i = 0; i < 2; i++) {
                events[i].listed(rows.get(i));
                counters.observed().done(100);
            }
            receiver.work(events, 2);
            receiver.finish();
        }
        assertThat(counters.discardedCount()).isEqualTo(4);
    }

    @Test
    void manyRunsLeaveNoConnectionBehind() throws Exception {
        var rows = LongStream.range(0, 5).mapToObj(this::goodUnchecked).toList();
        receive(Way.MEMORY, rows);
        Await.until(
                Duration.ofSeconds(30),
                "connections are closed",
                () -> database.query("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND application_name = 'lo-migrate test'")
                        .orElseThrow()
                        .equals("0"));
    }

    private SourceRow goodUnchecked(long seed) {
        try {
            return good(seed, 100);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
