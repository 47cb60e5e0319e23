package ch.tocco.lomigrate.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.FailureReport;
import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.config.RunConfig;
import ch.tocco.lomigrate.config.RunConfig.DisplayMode;
import ch.tocco.lomigrate.guard.OverwriteGuard;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.monitor.Display;
import ch.tocco.lomigrate.receiver.SpillDir;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What the display says of a table that changes while it is migrated, with a store that the test holds in its hand. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Tag("slow")
final class ProgressIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** More than the observer lists at once, at some 20 rows a block. */
    private static final int TWO_PAGES = 12_000;

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    @TempDir
    private Path temp;

    private SourceDatabase database;

    @BeforeEach
    void open(SourceDatabase fresh) {
        database = fresh;
    }

    @Test
    void rowsThatCameAfterTheCountBelongToAllAndHaveAnEta() throws Exception {
        database.fill(300, 1, seed -> 500, "text/plain");
        var store = new HeldGiantsStore(600);
        database.insertGenerated(1_000_000, 700, "text/plain");
        var running = run(store);
        // The last one is held, and so is the run's first pass.
        Await.until(LIMIT, "all but one", () -> shown().contains(" 300 of 301 object"));
        for (int i = 1; i <= 100; i++) {
            database.insertGenerated(1_000_000 + i, 800 + i, "text/plain");
        }
        store.release(700);
        Await.until(LIMIT, "a second pass", () -> shown().contains(" 301 of 401 object"));

        assertThat(shown()).contains("    75.06%, 301 of 401 object");
        assertThat(shown()).contains("ETA: ").doesNotContain("(0h 00m 00s)");
        store.release();
        running.join();
        assertThat(shown()).contains("    100.00%, 401 of 401 object");
    }

    @Test
    void rowThatMovesWhileItIsUnderWayIsListedTwiceAndCountsOnce() throws Exception {
        database.fill(TWO_PAGES, 1, seed -> seed == 1 ? 700 : seed == 2 ? 800 : 20, "x".repeat(255));
        var store = new HeldGiantsStore(0);
        var running = run(store);
        moveFirstRowToTheEnd();
        store.release(600);
        Await.until(LIMIT, "listed twice", () -> shown().contains("observer thread   - processed:   12001,"));
        // All but one are stored, and one of these twice.
        store.release(700);
        Await.until(LIMIT, "all but one", () -> shown().contains("committer threads - processed:   12000,"));
        assertThat(shown()).contains("    99.99%, 11999 of 12000 object");
        assertThat(screen.toString(StandardCharsets.UTF_8)).doesNotContain("100.00%,", "(0h 00m 00s)");
        store.release();

        var counters = running.join();
        assertThat(counters.observed().objects()).isEqualTo(TWO_PAGES + 1);
        assertThat(counters.balanced()).isTrue();
        assertThat(shown()).contains("    100.00%, 12000 of 12000 object");
    }

    @Test
    void rowThatMovesWhileItIsUnderWayFailsOnce() throws Exception {
        database.fill(TWO_PAGES, 1, seed -> seed == 1 ? 700 : 20, "x".repeat(255));
        database.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;"
                + "CREATE TRIGGER refuse BEFORE UPDATE ON _nice_binary FOR EACH ROW WHEN (NEW.mime_type LIKE 'moved%'"
                + " AND OLD.mime_type LIKE 'moved%') EXECUTE FUNCTION refuse()");
        var store = new HeldGiantsStore(0);
        var running = run(store);
        moveFirstRowToTheEnd();
        store.release(600);
        Await.until(LIMIT, "listed twice", () -> shown().contains("observer thread   - processed:   12001,"));
        store.release();

        var counters = running.join();
        assertThat(counters.observed().objects()).isGreaterThan(TWO_PAGES);
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.NOT_COMMITTED, 1L));
        assertThat(counters.balanced()).isTrue();
        assertThat(shown()).contains("    99.99%, 11999 of 12000 object");
    }

    /** While the observer waits for room in its ring, in the first of its two pages. */
    private void moveFirstRowToTheEnd() throws Exception {
        Await.until(LIMIT, "a full ring", () -> shown().contains("receive queue     - used   1024"));
        String row = database.query("SELECT data FROM _nice_binary ORDER BY ctid LIMIT 1")
                .orElseThrow();
        database.execute("UPDATE _nice_binary SET mime_type = rpad('moved', 255) WHERE data = " + row);
        assertThat(database.query("SELECT data FROM _nice_binary WHERE ctid > '(500,0)' AND mime_type LIKE 'moved%'"))
                .contains(row);
    }

    private String shown() {
        String all = screen.toString(StandardCharsets.UTF_8);
        return all.substring(Math.max(0, all.lastIndexOf("    Status at")));
    }

    private CompletableFuture<Counters> run(HeldGiantsStore store) {
        var server = database.server();
        MigrationConfig all = Configs.of(database, server.user(), server.password(), true, false);
        var often = new RunConfig(
                Duration.ofMillis(20),
                RunConfig.DEFAULT_STOP_GRACE,
                false,
                true,
                true,
                true,
                DisplayMode.PLAIN,
                Optional.empty());
        var config = new MigrationConfig(
                all.postgres(),
                all.s3(),
                all.tuning(),
                often,
                all.faults(),
                all.throttle(),
                all.steering(),
                all.watch());
        return Background.call(() -> {
            try (var spill = SpillDir.create(temp)) {
                return new Pipeline(
                                config,
                                Sessions.connections(database),
                                Sessions.connections(database),
                                Sessions.SQL,
                                OverwriteGuard.none(store),
                                spill,
                                Display.plain(new PrintStream(screen, true, StandardCharsets.UTF_8)),
                                new RunControl(),
                                FailureReport.NONE,
                                numbers -> {})
                        .run();
            }
        });
    }
}
