package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tool pauses, goes on, keeps to its pace and ends early as it was told. */
@ExtendWith(Backends.class)
@Timeout(300)
final class ThrottleIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int OBJECTS = 40;

    @TempDir
    private Path temp;

    private SourceDatabase database;

    @BeforeEach
    void fill(SourceDatabase fresh) throws Exception {
        database = fresh;
        database.fill(OBJECTS, 1, seed -> 500, "text/plain");
    }

    private Cli cli(S3Server store, String... arguments) {
        return process(store, arguments).inThisJvm();
    }

    private Cli process(S3Server store, String... arguments) {
        return Cli.migrating(database, store, store.createBucket())
                .arguments(List.of("--spill-dir", temp.toString(), "--interval", "1"))
                .arguments(List.of(arguments));
    }

    private int migrated() throws Exception {
        return Integer.parseInt(
                database.query("SELECT count(sha2) FROM _nice_binary").orElseThrow());
    }

    @Test
    void pauseFileHoldsUpTheRunUntilItIsGone(S3Server s3) throws Exception {
        var check = MigrationCheck.before(database);
        Path pause = Files.createFile(temp.resolve("pause"));
        String bucket = s3.createBucket();
        var cli = Cli.migrating(database, s3, bucket)
                .arguments(List.of("--spill-dir", temp.toString(), "--interval", "1"))
                .arguments(List.of("--pause-file", pause.toString()));
        try (var tool = new StartedTool(cli, temp);
                var inspector = s3.inspect(bucket)) {
            tool.awaitOutput("paused: the file " + pause + " exists (--pause-file)");
            tool.awaitOutput(" s: the file " + pause + " exists (--pause-file)", 2);
            assertThat(migrated()).isZero();
            assertThat(inspector.keys()).isEmpty();
            Files.delete(pause);
            assertThat(tool.end(0)).contains("goes on after a pause of ");
            assertThat(check.problems(inspector)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void stopOutsideOfTheWindowEndsTheRun(String signal, int exitCode) throws Exception {
        LocalTime now = LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.MINUTES);
        String window = now.plusHours(2) + "-" + now.plusHours(3);
        try (var store = ScriptedS3.start(request -> null);
                var tool = new StartedTool(process(store, "--window", window), temp)) {
            tool.awaitOutput("paused: outside of --window " + window);
            tool.signal(signal);
            tool.end(exitCode);
            assertThat(migrated()).isZero();
        }
    }

    @Test
    void limitOfObjectsEndsTheRunAndTheNextOneGoesOn(S3Server s3) throws Exception {
        var check = MigrationCheck.before(database);
        String bucket = s3.createBucket();
        Cli.Result first = limited(s3, bucket, "10").run(LIMIT);
        assertThat(first.exitCode()).as(first.toString()).isEqualTo(10);
        assertThat(first.stderr())
                .contains("the limit of --max-objects 10 was reached; 0 objects failed, 30 rows are still pending; run"
                        + " again to continue");
        assertThat(migrated()).isEqualTo(10);
        try (var inspector = s3.inspect(bucket)) {
            assertThat(inspector.keys()).hasSize(10);
            assertThat(check.unstored(inspector)).isEmpty();
            Cli.Result last = limited(s3, bucket, "30").inThisJvm().run(LIMIT);
            assertThat(last.exitCode()).as("nothing is left: %s", last).isZero();
            assertThat(check.problems(inspector)).isEmpty();
        }
    }

    @Test
    void limitWinsOverObjectsThatFailed() throws Exception {
        database.execute("UPDATE _nice_binary SET size = 499 WHERE ctid = '(0,1)'");
        try (var store = ScriptedS3.start(request -> null)) {
            Cli.Result result = cli(store, "--max-objects", "20").run(LIMIT);
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(10);
            assertThat(result.stderr()).contains("1 objects failed, 20 rows are still pending");
            Cli.Result last = cli(store, "--max-objects", "19").run(LIMIT);
            assertThat(last.exitCode()).as("only what failed is left: %s", last).isEqualTo(1);
        }
    }

    private Cli limited(S3Server s3, String bucket, String objects) {
        return Cli.migrating(database, s3, bucket)
                .arguments(List.of("--spill-dir", temp.toString(), "--max-objects", objects));
    }

    @Test
    void limitOfBytesEndsTheRunWithAGiantThatIsFinished() throws Exception {
        database.insertGenerated(77, 12 << 20, "video/mp4");
        try (var store = ScriptedS3.start(request -> null)) {
            Cli.Result result = cli(store, "--max-bytes", "1K", "--in-mem-max", "0", "--upload-chunk-size", "5120")
                    .run(LIMIT);
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(10);
            assertThat(migrated()).isBetween(1, OBJECTS);
            assertThat(result.output()).doesNotContain("FAILED OBJECTS: 1");
        }
    }

    @Test
    void runOfTheLongestTimeEnds() throws Exception {
        try (var store = ScriptedS3.start(request -> null)) {
            Cli.Result result =
                    cli(store, "--max-rate", "2", "--max-duration", "2s").run(LIMIT);
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(10);
            assertThat(result.stderr()).contains("the limit of --max-duration 2s was reached");
            assertThat(migrated()).isBetween(1, 20);
        }
    }

    @Test
    void tooManyFailuresEndTheRun() throws Exception {
        database.execute("UPDATE _nice_binary SET size = 499");
        try (var store = ScriptedS3.start(request -> null)) {
            Cli.Result result = cli(store, "--max-failures", "3").run(LIMIT);
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(4);
            assertThat(result.stderr()).containsPattern("lo-migrate: [0-9]+ objects have failed, --max-failures 3 was");
        }
    }

    @Test
    void bodiesAndPartsKeepToTheBandwidth() throws Exception {
        database.insertGenerated(77, 12 << 20, "video/mp4");
        database.fill(40, 1000, seed -> 100_000, "text/plain");
        int limit = 6 << 20;
        List<long[]> bodies = new ArrayList<>();
        try (var store = ScriptedS3.start(request -> {
            if (request.length() > 1000) {
                synchronized (bodies) {
                    bodies.add(new long[] {System.nanoTime(), request.length()});
                }
            }
            return null;
        })) {
            cli(store, "--bwlimit", "6M", "--upload-chunk-size", "5120").run(LIMIT);
        }
        assertThat(migrated()).isEqualTo(2 * OBJECTS + 1);
        long sent = bodies.stream().mapToLong(body -> body[1]).sum();
        assertThat(sent).isEqualTo((12 << 20) + 40 * 100_000);
        double seconds = (bodies.get(bodies.size() - 1)[0] - bodies.get(0)[0]) / 1e9;
        // the last body begins once all others are paid off; what arrives first may be the largest part
        assertThat(seconds).isGreaterThan((sent - 2 * (5 << 20)) / (double) limit - 0.2);
    }

    @Test
    void numberAboveZeroOfTheQueryHoldsUpTheRun() throws Exception {
        database.execute("CREATE TABLE hold (n int); INSERT INTO hold VALUES (1)");
        String query = "SELECT sum(n) FROM hold";
        try (var store = ScriptedS3.start(request -> null);
                var tool = new StartedTool(cli(store, "--throttle-query", query), temp)) {
            tool.awaitOutput("--throttle-query gives 1, above 0");
            database.execute("DELETE FROM hold");
            tool.awaitOutput("--throttle-query gives NULL");
            assertThat(migrated()).isZero();
            database.execute("INSERT INTO hold VALUES (0)");
            tool.end(0);
            assertThat(migrated()).isEqualTo(OBJECTS);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT 1 FROM nowhere | fails: ERROR: relation \"nowhere\" does not exist",
                "DELETE FROM _nice_binary RETURNING 0 | fails: ERROR: cannot execute DELETE in a read-only transaction",
                "SELECT pg_sleep(10) | fails: ERROR: canceling statement due to statement timeout",
                "SELECT 1 WHERE false | gives no row where a number is needed"
            })
    void queryThatCannotWorkRefusesTheRun(String query, String message) throws Exception {
        try (var store = ScriptedS3.start(request -> null)) {
            Cli.Result result = cli(store, "--throttle-query", query).run(LIMIT);
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
            assertThat(result.stderr()).contains("--throttle-query " + message);
        }
    }

    @Test
    void activeSessionsOfOthersHoldUpTheRun() throws Exception {
        try (var store = ScriptedS3.start(request -> null);
                var load = new Load(4)) {
            load.begin();
            try (var tool = new StartedTool(cli(store, "--max-load", "active=3"), temp)) {
                tool.awaitOutput("sessions are active, above --max-load active=3");
                assertThat(migrated()).isZero();
                load.end();
                tool.end(0);
                assertThat(migrated()).isEqualTo(OBJECTS);
            }
        }
    }

    @Test
    void criticalLoadEndsTheRun() throws Exception {
        Path pause = Files.createFile(temp.resolve("pause"));
        try (var store = ScriptedS3.start(request -> null);
                var load = new Load(4)) {
            load.begin();
            Cli.Result result = cli(store, "--critical-load", "active=3", "--pause-file", pause.toString())
                    .run(LIMIT);
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(11);
            assertThat(result.stderr())
                    .contains("sessions are active, three times in a row above --critical-load active=3; run again once"
                            + " production is calm");
        }
    }

    @Test
    void roleThatMaySeeNoLoadIsRefusedWithTheGrant() throws Exception {
        String role = Sessions.createRole(database);
        database.execute("GRANT SELECT, UPDATE ON _nice_binary TO " + role + "; GRANT SELECT ON nice_batch_job TO "
                + role + "; ALTER DATABASE " + database.name() + " SET lo_compat_privileges = on");
        try (var store = ScriptedS3.start(request -> null)) {
            var cli = cli(store, "--max-load", "active=3", "--max-lag", "1m", "--max-archive-backlog", "9")
                    .environment(
                            "LO_MIGRATE_PG_URL", database.url().replaceFirst("//.*@", "//" + role + ":" + role + "@"));
            Cli.Result result = cli.run(LIMIT);
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
            assertThat(result.stderr())
                    .contains("GRANT pg_read_all_stats TO " + role)
                    .contains("GRANT pg_monitor TO " + role);
            database.execute("GRANT pg_monitor TO " + role);
            Cli.Result noStandby = cli.run(LIMIT);
            assertThat(noStandby.stderr()).contains("--max-lag: no standby is connected to this server; name");
        }
    }

    /** Sessions that are active until this is closed. */
    private final class Load implements AutoCloseable {
        private final int sessions;
        private final List<Connection> connections = new ArrayList<>();

        Load(int sessions) {
            this.sessions = sessions;
        }

        void begin() throws Exception {
            for (int i = 0; i < sessions; i++) {
                Connection connection = database.connect();
                connections.add(connection);
                var unused = Background.run(() -> connection.createStatement().execute("SELECT pg_sleep(600)"));
            }
            Await.until(
                    LIMIT,
                    "sessions at work",
                    () -> database.query(
                                    "SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)' AND state = 'active'"
                                            + " HAVING count(*) >= " + sessions)
                            .isPresent());
        }

        void end() throws SQLException {
            database.query("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '"
                    + database.name() + "' AND query = 'SELECT pg_sleep(600)'");
        }

        @Override
        public void close() throws SQLException {
            end();
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }
}
