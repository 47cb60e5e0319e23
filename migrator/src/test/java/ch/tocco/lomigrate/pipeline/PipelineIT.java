package ch.tocco.lomigrate.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.FailureReport;
import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.config.TuningConfig;
import ch.tocco.lomigrate.guard.OverwriteGuard;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.monitor.Display;
import ch.tocco.lomigrate.receiver.SpillDir;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pipeline as a whole on a real server, with a store that the test holds in its hand. */
@ExtendWith(Backends.class)
@Tag("slow")
final class PipelineIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int SMALL = 2000;

    /** Far more than there are spill files waiting for the store. */
    private static final int GIANTS = 40;

    private static final int GIANT_SIZE = (1 << 20) + 1;

    private final RunControl control = new RunControl();
    private final HeldGiantsStore store = new HeldGiantsStore(1 << 20);

    /** Giants that are first in the table and first by oid, and small objects. */
    private static void fill(SourceDatabase database, int small) throws SQLException {
        for (int i = 0; i < GIANTS; i++) {
            database.insertGenerated(1_000_000 + i, GIANT_SIZE, "video/mp4");
        }
        database.fill(small, 1, seed -> 500, "text/plain");
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "2, 3", "2, 100", "4, 100"})
    void smallObjectsNeverWaitBehindGiants(
            int receivers, int spillMegabytes, SourceDatabase database, @TempDir Path temp) throws Exception {
        fill(database, SMALL);
        try (var spill = SpillDir.create(temp)) {
            var running = Background.call(() -> run(database, spill, receivers, spillMegabytes));

            Await.until(LIMIT, "all small objects committed", () -> migrated(database) == SMALL);
            assertThat(store.keys()).hasSize(SMALL);
            assertThat(running).isNotDone();
            store.release();

            var counters = running.join();
            assertThat(counters.committed().objects()).isEqualTo(SMALL + GIANTS);
            assertThat(counters.balanced()).isTrue();
        }
    }

    @Test
    void tableOfOnlyGiantsIsMigrated(SourceDatabase database, @TempDir Path temp) throws Exception {
        fill(database, 0);
        store.release();
        try (var spill = SpillDir.create(temp)) {
            var counters = Background.call(() -> run(database, spill, 2, 100)).join();
            assertThat(counters.committed().objects()).isEqualTo(GIANTS);
            assertThat(counters.balanced()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void runEndsWithGiantsAsideWhichStayPending(boolean stopped, SourceDatabase database, @TempDir Path temp)
            throws Exception {
        fill(database, SMALL);
        try (var spill = SpillDir.create(temp)) {
            var running = Background.call(() -> run(database, spill, 2, 100));
            Await.until(LIMIT, "all small objects committed", () -> migrated(database) == SMALL);
            if (stopped) {
                control.stop();
            } else {
                control.abort(new RunAborted(RunAborted.Kind.FAULT, "wanted by the test", null));
            }
            store.release();

            Await.until(LIMIT, "end of the run", running::isDone);
            var counters = running.join();
            assertThat(counters.balanced()).isTrue();
            assertThat(counters.observed().objects()).isEqualTo(SMALL + GIANTS);
            assertThat(counters.discardedCount()).isBetween(1L, (long) GIANTS);
            assertThat(migrated(database)).isEqualTo((int) counters.committed().objects());
            assertThat(counters.failedCount()).isZero();
        }
        assertThat(temp).isEmptyDirectory();
    }

    private Counters run(SourceDatabase database, SpillDir spill, int receivers, int spillMegabytes) throws Exception {
        var server = database.server();
        var config = Configs.of(database, server.user(), server.password(), true, false);
        return new Pipeline(
                        with(config, receivers, (long) spillMegabytes << 20),
                        Sessions.connections(database),
                        Sessions.connections(database),
                        Sessions.SQL,
                        OverwriteGuard.none(store),
                        spill,
                        Display.plain(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)),
                        control,
                        FailureReport.NONE,
                        numbers -> {})
                .run();
    }

    private static MigrationConfig with(MigrationConfig all, int receivers, long spillBytes) {
        TuningConfig tuning = all.tuning();
        TuningConfig little = new TuningConfig(
                tuning.receiverQueue(),
                tuning.storerQueue(),
                tuning.committerQueue(),
                receivers,
                tuning.storerThreads(),
                tuning.committerThreads(),
                tuning.commitChunk(),
                tuning.inMemMax(),
                tuning.memoryBudget(),
                tuning.spillDir(),
                OptionalLong.of(spillBytes));
        return new MigrationConfig(
                all.postgres(), all.s3(), little, all.run(), all.faults(), all.throttle(), all.steering(), all.watch());
    }

    private static int migrated(SourceDatabase database) throws SQLException {
        return Integer.parseInt(
                database.query("SELECT count(sha2) FROM _nice_binary").orElseThrow());
    }
}
