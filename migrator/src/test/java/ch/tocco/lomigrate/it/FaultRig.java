package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.PostgresServer;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import ch.tocco.lomigrate.testkit.wire.FaultProxy;
import ch.tocco.lomigrate.testkit.wire.ProxiedS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A migration that is run with a {@link FaultProxy} on either side, and judged past both of them. */
final class FaultRig implements AutoCloseable {
    static final Duration LIMIT = Duration.ofMinutes(3);

    final SourceDatabase database;
    final FaultProxy postgres;
    final FaultProxy s3;
    final Path spill;
    final String bucket;
    private final S3Server store;
    private final Path temp;
    private boolean processes;
    private MigrationCheck check;
    private Process process;
    private int runs;

    FaultRig(PostgresServer server, S3Server store, Path temp) throws IOException, SQLException {
        this.store = store;
        this.temp = temp;
        this.database = SourceDatabase.create(server);
        this.bucket = store.createBucket();
        this.spill = Files.createDirectory(temp.resolve("spill"));
        this.postgres = FaultProxy.to(server.host(), server.port());
        this.s3 = FaultProxy.to(store.endpoint().getHost(), store.endpoint().getPort());
    }

    /** Good objects: small ones, some that are spilled, and one that goes in three parts. */
    FaultRig fill(int small, int spilled) throws SQLException {
        database.fill(small, 1, seed -> 2000, "image/png");
        for (int i = 0; i < spilled; i++) {
            database.insertGenerated(1_000_000 + i, (1 << 20) + 500_000 + i, "video/mp4");
        }
        database.insertGenerated(2_000_000, (10 << 20) + 5, "video/mp4");
        return this;
    }

    /** Runs are processes, which can be killed, from now on. */
    FaultRig inProcesses() {
        processes = true;
        return this;
    }

    /** Runs are in this JVM again, from now on. */
    FaultRig inThisJvm() {
        processes = false;
        return this;
    }

    /** The tool's command line; what the migration has to come to is decided by what is there now. */
    Cli cli(String... arguments) throws SQLException {
        if (check == null) {
            check = MigrationCheck.before(database);
        }
        String direct = ":" + database.server().port() + "/";
        var cli = Cli.migrating(database, new ProxiedS3(store, s3), bucket);
        return (processes ? cli : cli.inThisJvm())
                .environment("LO_MIGRATE_PG_URL", database.url().replace(direct, ":" + postgres.port() + "/"))
                .arguments(List.of(
                        "--spill-dir",
                        spill.toString(),
                        "--upload-chunk-size",
                        "5120",
                        "--multipart-threshold",
                        "0",
                        "--interval",
                        "1"))
                .arguments(List.of(arguments));
    }

    /** A URL of two hosts: the driver takes the first that may be written to. */
    String urlOfBoth(FaultProxy second) {
        String direct = ":" + database.server().port() + "/";
        String both = ":" + postgres.port() + "," + database.server().host() + ":" + second.port() + "/";
        return database.url().replace(direct, both) + "?target_session_attrs=read-write";
    }

    /** Starts a run that takes long enough to be met in the middle. */
    void startSlowly(String... arguments) throws IOException, SQLException {
        start(cli("--storer-threads", "2", "--commit-chunk", "10").arguments(List.of(arguments)));
    }

    void start(Cli cli) throws IOException {
        runs++;
        process = cli.start(file("stdout").toFile(), file("stderr").toFile());
    }

    Process process() {
        return process;
    }

    private Path file(String name) {
        return temp.resolve(name + "-" + runs);
    }

    /** What the last run has written so far. */
    String log() throws IOException {
        return Files.readString(file("stdout")) + Files.readString(file("stderr"));
    }

    void awaitCommits() throws Exception {
        int before = committed();
        Await.until(LIMIT, "commits or the end", () -> committed() > before || !process.isAlive());
        assertThat(process.isAlive()).as(log()).isTrue();
    }

    /** Waits until the run has written this. */
    void awaitLog(String text) throws Exception {
        Await.until(LIMIT, text + " in the log, or the end", () -> log().contains(text) || !process.isAlive());
        assertThat(log()).contains(text);
    }

    int committed() throws SQLException {
        return Integer.parseInt(
                database.query("SELECT count(sha2) FROM _nice_binary").orElseThrow());
    }

    /** Waits for the run's end. */
    void endsWith(int exitCode) throws Exception {
        assertThat(process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS))
                .as("still running:\n" + log())
                .isTrue();
        assertThat(process.exitValue()).as(log()).isEqualTo(exitCode);
    }

    /** Runs the tool from start to end. */
    void run(int exitCode, String... arguments) throws Exception {
        start(cli(arguments));
        endsWith(exitCode);
    }

    /** In what database and bucket differ from a complete run. */
    List<String> problems() throws SQLException {
        try (var inspector = store.inspect(bucket)) {
            return check.problems(inspector);
        }
    }

    /** Everything is migrated, and nothing is left behind. */
    void assertComplete() throws Exception {
        assertThat(problems()).as(log()).isEmpty();
        assertThat(spill).isEmptyDirectory();
    }

    /** The same, but for multipart uploads that only a later start may abort. */
    void assertCompleteButUploads() throws Exception {
        assertThat(problems())
                .as(log())
                .allMatch(problem -> problem.matches("multipart upload left open: [0-9a-f]{64}"));
        assertThat(spill).isEmptyDirectory();
    }

    /** The same, but for a probe too: a run that is killed right after it has stored one cannot delete it. */
    void assertCompleteAfterKills() throws Exception {
        assertThat(problems())
                .as(log())
                .allMatch(problem -> problem.matches("multipart upload left open: [0-9a-f]{64}"
                        + "|should not be in the bucket: lo-migrate-probe-[0-9TZ]+-[0-9a-f]{8}(-[a-z0-9-]+)?"));
        assertThat(spill).isEmptyDirectory();
    }

    /** What is marked as migrated is in the bucket, and nothing is left behind. */
    void assertNothingLost() throws Exception {
        try (var inspector = store.inspect(bucket)) {
            assertThat(check.unstored(inspector)).as(log()).isEmpty();
        }
        assertThat(spill).isEmptyDirectory();
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
        postgres.close();
        s3.close();
    }
}
