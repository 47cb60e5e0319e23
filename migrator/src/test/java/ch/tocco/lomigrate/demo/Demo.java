package ch.tocco.lomigrate.demo;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.BucketInspector;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import ch.tocco.lomigrate.testkit.servers.PostgresServer;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * Starts a PostgreSQL and an S3 server, fills the source table, runs the packaged tool on them as a user would, and
 * then looks for itself whether all is as it should be. Exit code 0 only if it is. With {@code --keep} the servers stay
 * up until the process is interrupted.
 */
public final class Demo {
    private static final String BUCKET = "binaries";

    /** The tool's exit code for "completed, but objects failed": the demo's data has broken rows. */
    private static final int OBJECTS_FAILED = 1;

    private final S3Server s3;
    private final SourceDatabase database;
    private final List<String> problems = new ArrayList<>();

    private Demo(PostgresServer postgres, S3Server s3) throws SQLException {
        this.s3 = s3;
        database = SourceDatabase.create(postgres);
        s3.createBucket(BUCKET);
        say("PostgreSQL %s listens on %s:%d".formatted(postgres.version(), postgres.host(), postgres.port()));
        say("S3 server (%s) listens on %s".formatted(s3.product(), s3.endpoint()));
    }

    public static void main(String[] args) throws Exception {
        boolean keep = List.of(args).contains("--keep");
        boolean passed;
        try (var postgres = EmbeddedPostgres.start(Map.of());
                var s3 = EmbeddedS3.start()) {
            var demo = new Demo(postgres, s3);
            passed = demo.run();
            if (keep) {
                demo.printEndpoints();
                new CountDownLatch(1).await();
            }
        }
        say("To look around in database and bucket yourself: scripts/demo --keep");
        System.exit(passed ? 0 : 1);
    }

    private boolean run() throws SQLException, IOException, InterruptedException {
        long start = System.nanoTime();
        new DemoData(database).fill();
        var check = MigrationCheck.before(database);
        printSource(check, start);
        Path spill = Files.createTempDirectory("lo-migrate-demo-spill-");
        try {
            var cli = cli().arguments(List.of("--spill-dir", spill.toString(), "--interval", "1"));
            say("", "$ " + cli, "");
            var result = cli.runVisibly();
            say("", "Checked independently of the tool, by SQL and another S3 client:");
            compare(check, result, spill);
        } finally {
            if (isEmpty(spill)) {
                Files.delete(spill);
            }
        }
        boolean passed = problems.isEmpty();
        say("", passed ? "DEMO PASSED" : "DEMO FAILED: " + problems.size() + " problems, see above", "");
        return passed;
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    private Cli cli() {
        return Cli.migrating(database, s3, BUCKET);
    }

    private void printSource(MigrationCheck check, long start) throws SQLException {
        String size = database.query("SELECT pg_size_pretty(sum(length(data))) FROM pg_largeobject")
                .orElse("");
        say(
                "",
                "Filled _nice_binary in %.1f s: %d good rows (%s), %d broken ones, 1 migrated before."
                        .formatted(
                                (System.nanoTime() - start) / 1e9,
                                check.good(),
                                size,
                                check.failures().values().stream()
                                        .mapToInt(n -> n)
                                        .sum()));
    }

    private void compare(MigrationCheck check, Cli.Result result, Path spill) throws SQLException, IOException {
        try (BucketInspector bucket = s3.inspect(BUCKET)) {
            verdict(
                    "every good row (%d) has its SHA-256, its object is in the bucket with the same bytes, type and"
                                    .formatted(check.good())
                            + " metadata; nothing else is; broken rows are still pending; no upload is left open",
                    check.problems(bucket));
        }
        verdict("every broken row was reported: " + check.failures(), unreported(check, result));
        verdict("exit code " + OBJECTS_FAILED + ": completed, but objects failed", exitCode(result));
        try (Stream<Path> files = Files.list(spill)) {
            verdict("no spill file is left", files.map(Path::toString).toList());
        }
    }

    private static List<String> unreported(MigrationCheck check, Cli.Result result) {
        return check.failingHashes().stream()
                .filter(hash -> !result.stderr().contains(hash))
                .map(hash -> "not reported: " + hash)
                .toList();
    }

    private static List<String> exitCode(Cli.Result result) {
        return result.exitCode() == OBJECTS_FAILED ? List.of() : List.of("exit code is " + result.exitCode());
    }

    private void verdict(String claim, List<String> found) {
        say("  %-7s %s".formatted(found.isEmpty() ? "ok" : "NOT OK", claim));
        found.stream().limit(10).forEach(problem -> say("            " + problem));
        problems.addAll(found);
    }

    private void printEndpoints() {
        say(
                "Both servers stay up until Ctrl-C. Where to look:",
                "  PostgreSQL  psql " + database.url(),
                "  S3          AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s aws --endpoint-url %s s3 ls s3://%s/"
                        .formatted(s3.accessKey(), s3.secretKey(), s3.endpoint(), BUCKET),
                "Another run, by hand (UPDATE _nice_binary SET sha2 = NULL makes all rows pending again):",
                "  export LO_MIGRATE_PG_URL=%s LO_MIGRATE_ACCESS_KEY=%s LO_MIGRATE_SECRET_KEY=%s"
                        .formatted(database.url(), s3.accessKey(), s3.secretKey()),
                "  " + cli());
    }

    private static void say(String... lines) {
        for (String line : lines) {
            System.out.println(line);
        }
    }
}
