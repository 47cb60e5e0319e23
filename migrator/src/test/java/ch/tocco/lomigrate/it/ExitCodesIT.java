package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import ch.tocco.lomigrate.testkit.wire.HeldPut;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each documented exit code, and what the last line on stderr says of it: all that a script and its reader have. */
@ExtendWith(Backends.class)
@Timeout(240)
@Tag("slow")
final class ExitCodesIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private Path temp;

    private SourceDatabase database;

    @BeforeEach
    void fill(SourceDatabase fresh) throws Exception {
        database = fresh;
        database.insertGenerated(1, 100, "text/plain");
    }

    private Cli cli(ScriptedS3 store, String... arguments) {
        return Cli.migrating(database, store, "nice-bin")
                .arguments(List.of("--spill-dir", temp.toString()))
                .arguments(List.of(arguments));
    }

    /** How a run ends with a store that answers PUTs of objects, though not the bucket's probe, in this way. */
    private Cli.Result run(String answerToPuts, String... arguments) throws Exception {
        Function<Request, byte[]> script = request -> request.operation().equals("PutObject") && !request.isProbe()
                ? answerToPuts.getBytes(StandardCharsets.US_ASCII)
                : null;
        try (var store = ScriptedS3.start(answerToPuts.isEmpty() ? request -> null : script)) {
            return cli(store, arguments).inThisJvm().run(LIMIT);
        }
    }

    private static void assertEnds(Cli.Result result, int exitCode, String lastLine) {
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(exitCode);
        assertThat(lastLine(result.stderr())).as(result.toString()).matches(lastLine);
        assertThat(result.stdout().lines()).noneMatch(line -> line.matches(lastLine));
    }

    private static String lastLine(String text) {
        return text.lines().reduce("", (before, line) -> line);
    }

    @Test
    void zeroIsSaidOnStdoutAlone() throws Exception {
        Cli.Result result = run("");
        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(lastLine(result.stdout())).isEqualTo("all migrated");
        assertThat(result.stderr()).doesNotContain("lo-migrate: ");
    }

    @Test
    void oneCountsWhatFailed() throws Exception {
        database.execute("UPDATE _nice_binary SET size = size + 1");
        assertEnds(run(""), 1, "lo-migrate: 1 objects failed, 1 rows are still pending");
    }

    @Test
    void twoPointsToTheHelp() throws Exception {
        Cli.Result result = run("", "--wibble");
        assertEnds(result, 2, "Try 'lo-migrate --help' for all flags\\.");
        assertThat(result.stderr()).startsWith("lo-migrate: unknown flag --wibble");
    }

    @Test
    void threeIsARoleWhoseSessionsAreReadOnly() throws Exception {
        String role = Sessions.createRole(database);
        database.execute("ALTER ROLE " + role + " SET default_transaction_read_only = on");
        String url = "postgresql://%s:%s@%s:%d/%s"
                .formatted(
                        role, role, database.server().host(), database.server().port(), database.name());
        try (var store = ScriptedS3.start(request -> null)) {
            Cli.Result result = cli(store, "--skip-batch-job-check")
                    .inThisJvm()
                    .environment("LO_MIGRATE_PG_URL", url)
                    .run(LIMIT);
            assertEnds(
                    result,
                    3,
                    "lo-migrate: this role's sessions are read-only, so no SHA-256 can be written: ALTER ROLE .*");
        }
    }

    @Test
    void threeIsAStandby() throws Exception {
        try (var server = EmbeddedPostgres.start(Map.of())) {
            database = SourceDatabase.create(server);
            server.restartAsStandby();
            assertEnds(
                    run(""),
                    3,
                    "lo-migrate: the server is a standby, which takes no updates: name the primary in --pg-url");
        }
    }

    @Test
    void fourSaysWhatTheRunCannotGoOnWithout() throws Exception {
        assertEnds(
                run(ScriptedS3.error("403 Forbidden", "QuotaExceeded", "full")),
                4,
                "lo-migrate: store: PUT: 403 QuotaExceeded \\(full\\).*");
    }

    @Test
    void fiveSaysWhoWasAwayForTooLong() throws Exception {
        assertEnds(
                run(ScriptedS3.error("503 Slow Down", "SlowDown", "later"), "--outage-timeout", "0"),
                5,
                "lo-migrate: the store was away for more than 0 min: .*503 SlowDown.*");
    }

    @ParameterizedTest(name = "SIG{1}")
    @CsvSource({"130, INT", "143, TERM"})
    void signalsCodeIsThatOfAStoppedRun(int exitCode, String signal) throws Exception {
        Path stdout = temp.resolve("stdout");
        Path stderr = temp.resolve("stderr");
        var held = new HeldPut();
        try (var store = ScriptedS3.start(held)) {
            Process process = cli(store).start(stdout.toFile(), stderr.toFile());
            try {
                Await.until(LIMIT, "a PUT, or the end", () -> held.arrived() || !process.isAlive());
                new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .start()
                        .waitFor();
                String stopping = "lo-migrate: stopping after SIG" + signal + ": the run commits what is stored";
                Await.until(LIMIT, stopping, () -> Files.readString(stderr).contains(stopping) || !process.isAlive());
                held.release();
                assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } finally {
                held.release();
                process.destroyForcibly();
            }
            var result = new Cli.Result(process.exitValue(), Files.readString(stdout), Files.readString(stderr));
            assertEnds(result, exitCode, "lo-migrate: stopped; the next run continues with what is pending");
        }
    }
}
