package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres.StopMode;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real primary with a real standby, a slot and an archive that takes nothing: the run waits for each of them. */
@Timeout(300)
final class ReplicationThrottleIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Keeps production busy: without changes no standby can lag. */
    private static final String CHANGE = "CREATE TABLE IF NOT EXISTS busy (n int); INSERT INTO busy VALUES (1)";

    @TempDir
    private Path temp;

    private EmbeddedPostgres primary;
    private SourceDatabase database;

    @BeforeEach
    void start() throws Exception {
        primary = EmbeddedPostgres.start(Map.of("archive_mode", "on", "archive_command", "false"));
        database = SourceDatabase.create(primary);
        database.fill(20, 1, seed -> 500, "text/plain");
    }

    @AfterEach
    void stop() throws Exception {
        primary.close();
    }

    private StartedTool tool(ScriptedS3 store, String... arguments) throws Exception {
        return new StartedTool(cli(store, arguments).inThisJvm(), temp);
    }

    private Cli cli(ScriptedS3 store, String... arguments) {
        return Cli.migrating(database, store, "nice-bin")
                .arguments(List.of("--spill-dir", temp.toString(), "--interval", "1"))
                .arguments(List.of(arguments));
    }

    private int migrated() throws Exception {
        return Integer.parseInt(
                database.query("SELECT count(sha2) FROM _nice_binary").orElseThrow());
    }

    private void onStandby(EmbeddedPostgres standby, String sql) throws Exception {
        try (var connection = standby.connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void standbyThatIsBehindAtTheStartHoldsUpTheRun() throws Exception {
        try (var store = ScriptedS3.start(request -> null);
                var standby = EmbeddedPostgres.startStandby(primary, "s1")) {
            awaitStreaming();
            onStandby(standby, "SELECT pg_wal_replay_pause()");
            database.execute(CHANGE);
            try (var tool = tool(store, "--max-lag", "1s")) {
                tool.awaitOutput("paused: standby s1 has not replayed yet what was written when the run looked first");
                assertThat(migrated()).isZero();
                onStandby(standby, "SELECT pg_wal_replay_resume()");
                tool.end(0);
                assertThat(migrated()).isEqualTo(20);
            }
        }
    }

    @Test
    void standbyThatFallsBehindAndOneThatVanishesHoldUpTheRun() throws Exception {
        Path pause = Files.createFile(temp.resolve("pause"));
        try (var store = ScriptedS3.start(request -> null);
                var standby = EmbeddedPostgres.startStandby(primary, "s1")) {
            awaitStreaming();
            try (var tool = tool(store, "--max-lag", "1s", "--pause-file", pause.toString())) {
                tool.awaitOutput("paused since "); // it has looked
                int before = tool.times("s behind, above --max-lag 1s"); // where all processors are busy
                onStandby(standby, "SELECT pg_wal_replay_pause()");
                database.execute(CHANGE);
                tool.awaitOutput("s behind, above --max-lag 1s", before + 2);
                Files.delete(pause);
                Await.stays(Duration.ofSeconds(2), "it still waits for the standby", () -> migrated() == 0);
                standby.stopServer(StopMode.IMMEDIATE);
                tool.awaitOutput("standby s1 is not connected (--max-lag 1s)");
                assertThat(migrated()).isZero();
                standby.startServer(); // it replays again
                tool.end(0);
                assertThat(migrated()).isEqualTo(20);
            }
        }
    }

    @Test
    @SuppressWarnings("try") // the standby is only there
    void standbyThatHasCaughtUpAndIdlesHoldsUpNothing() throws Exception {
        try (var store = ScriptedS3.start(request -> null);
                var standby = EmbeddedPostgres.startStandby(primary, "s1")) {
            awaitStreaming();
            Await.until(
                    LIMIT,
                    "the server does not know the lag of a standby that idles",
                    () -> database.query("SELECT 1 FROM pg_stat_replication WHERE replay_lag IS NULL")
                            .isPresent());
            try (var tool = tool(store, "--max-lag", "1s", "--lag-standbys", "s1")) {
                // what the start itself has written may be on its way to the standby for a moment
                assertThat(tool.end(0)).doesNotContain("above --max-lag", "three times");
            }
        }
    }

    @Test
    void standbyThatWasNamedAndIsNotConnectedHoldsUpTheRun() throws Exception {
        try (var store = ScriptedS3.start(request -> null);
                var tool = new StartedTool(cli(store, "--max-lag", "10s", "--lag-standbys", "s9"), temp)) {
            tool.awaitOutput("standby s9 is not connected (--max-lag 10s)", 2);
            assertThat(migrated()).isZero();
            tool.signal("TERM");
            tool.end(143);
        }
    }

    @Test
    void slotAndArchiveThatLagHoldUpTheRun() throws Exception {
        database.execute("SELECT pg_create_physical_replication_slot('backup', true)");
        database.execute(CHANGE);
        database.query("SELECT pg_switch_wal()");
        database.execute(CHANGE);
        database.query("SELECT pg_switch_wal()");
        try (var store = ScriptedS3.start(request -> null);
                var tool = tool(store, "--max-slot-lag", "1M", "--max-archive-backlog", "1")) {
            tool.awaitOutput("a replication slot holds back ");
            tool.awaitOutput(" WAL files wait for their archiving, above --max-archive-backlog 1");
            assertThat(migrated()).isZero();
            database.execute("SELECT pg_drop_replication_slot('backup')");
            database.execute("ALTER SYSTEM SET archive_command = 'true'");
            database.execute("SELECT pg_reload_conf()");
            tool.end(0);
            assertThat(migrated()).isEqualTo(20);
        }
    }

    private void awaitStreaming() throws Exception {
        Await.until(
                LIMIT,
                "the standby streams",
                () -> database.query("SELECT 1 FROM pg_stat_replication WHERE application_name = 's1' AND state ="
                                + " 'streaming'")
                        .isPresent());
    }
}
