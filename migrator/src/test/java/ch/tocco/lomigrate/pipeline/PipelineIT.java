package ch.tocco.lomigrate.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.FailureReport;
import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.config.TuningConfig;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The pipeline as a whole on a real server, with a store that the test holds in its hand. */
@ExtendWith(Backends.class)
final class PipelineIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int SMALL = 2000;

    /** Room in the spill directory for two giants: whoever reads the third has to wait. */
    private static final long SPILL_BYTES = 3 << 20;

    /** No more than the giants' lane has room for. */
    private static final int GIANTS = 10;

    private static final int GIANT_SIZE = (1 << 20) + 1;

    @Test
    void smallObjectsNeverWaitBehindGiants(SourceDatabase database, @TempDir Path temp) throws Exception {
        // first in the table and first by oid
        for (int i = 0; i < GIANTS; i++) {
            database.insertGenerated(1_000_000 + i, GIANT_SIZE, "video/mp4");
        }
        database.fill(SMALL, 1, seed -> 500, "text/plain");
        var store = new HeldGiantsStore(1 << 20);
        try (var spill = SpillDir.create(temp)) {
            var running = Background.call(() -> run(database, store, spill));

            Await.until(LIMIT, "all small objects committed", () -> migrated(database) == SMALL);
            assertThat(store.keys()).hasSize(SMALL);
            assertThat(running).isNotDone();
            store.release();

            var counters = running.join();
            assertThat(counters.committed().objects()).isEqualTo(SMALL + GIANTS);
            assertThat(counters.balanced()).isTrue();
        }
    }

    private static Counters run(SourceDatabase database, HeldGiantsStore store, SpillDir spill) throws Exception {
        var server = database.server();
        return new Pipeline(
                        withLittleSpill(Configs.of(database, server.user(), server.password(), true, false)),
                        Sessions.connections(database),
                        Sessions.SQL,
                        store,
                        spill,
                        new Display(
                                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), false),
                        new RunControl(),
                        FailureReport.NONE)
                .run();
    }

    private static MigrationConfig withLittleSpill(MigrationConfig all) {
        TuningConfig tuning = all.tuning();
        TuningConfig little = new TuningConfig(
                tuning.receiverQueue(),
                tuning.storerQueue(),
                tuning.committerQueue(),
                tuning.receiverThreads(),
                tuning.storerThreads(),
                tuning.committerThreads(),
                tuning.commitChunk(),
                tuning.inMemMax(),
                tuning.memoryBudget(),
                tuning.spillDir(),
                OptionalLong.of(SPILL_BYTES));
        return new MigrationConfig(all.postgres(), all.s3(), all.table(), little, all.run(), all.faults());
    }

    private static int migrated(SourceDatabase database) throws SQLException {
        return Integer.parseInt(
                database.query("SELECT count(sha2) FROM _nice_binary").orElseThrow());
    }
}
