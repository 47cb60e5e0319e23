package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.BucketInspector;
import ch.tocco.lomigrate.testkit.checks.FinalStats;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.PostgresServer;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the tool once for each folder below {@code cases/}: {@code setup.sql} is run on the fresh, empty tables,
 * then {@link ObjectsFile objects} are inserted, the tool is started with the flags in {@code args} (one argument a
 * line), and {@link Expectation expected} tells what must come of it. {@code objects} is the only file that every case
 * has beside {@code expected}. Database and bucket are judged by {@link MigrationCheck}, independently of the tool.
 */
@ExtendWith(Backends.class)
@Tag("slow")
final class CasesIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    static List<String> cases() throws IOException, URISyntaxException {
        try (Stream<Path> folders = Files.list(root())) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private static Path root() throws URISyntaxException {
        return Path.of(CasesIT.class.getResource("/cases").toURI());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void endsAsExpected(String name, PostgresServer postgres, S3Server s3, @TempDir Path spill) throws Exception {
        Path folder = root().resolve(name);
        var expected = Expectation.read(folder.resolve("expected"));
        var database = prepare(folder, postgres);
        String schema = database.schema();
        var check = MigrationCheck.before(database);
        String bucket = s3.createBucket();
        var cli = Cli.migrating(database, s3, bucket)
                .inThisJvm()
                .arguments(List.of("--spill-dir", spill.toString()))
                .arguments(lines(folder.resolve("args")));

        var result = run(cli, expected);

        try (var inspector = s3.inspect(bucket)) {
            SoftAssertions.assertSoftly(softly -> {
                softly.assertThat(result.exitCode()).as("exit code").isEqualTo(expected.exit);
                checkOutput(softly, result, expected);
                checkEffect(softly, result, expected, check, database, schema, inspector);
                softly.assertThat(spill).isEmptyDirectory();
            });
        } catch (AssertionError e) {
            throw new AssertionError("case " + name + ": " + e.getMessage() + "\n" + cli + "\n" + result, e);
        }
    }

    private static SourceDatabase prepare(Path folder, PostgresServer postgres) throws IOException, SQLException {
        var database = SourceDatabase.create(postgres);
        Path setup = folder.resolve("setup.sql");
        if (Files.exists(setup)) {
            database.execute(Files.readString(setup));
        }
        ObjectsFile.load(folder.resolve("objects"), database);
        return database;
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static Cli.Result run(Cli cli, Expectation expected) throws IOException, InterruptedException {
        for (int i = 1; i < expected.runs; i++) {
            var result = cli.run(LIMIT);
            assertThat(result.exitCode()).as("run %d: %s", i, result).isEqualTo(expected.exit);
        }
        return cli.run(LIMIT);
    }

    private static void checkOutput(SoftAssertions softly, Cli.Result result, Expectation expected) {
        expected.stdout.forEach(regex -> softly.assertThat(result.stdout()).containsPattern(regex));
        expected.stderr.forEach(regex -> softly.assertThat(result.stderr()).containsPattern(regex));
        expected.output.forEach(regex -> softly.assertThat(result.output()).containsPattern(regex));
        expected.absent.forEach(regex -> softly.assertThat(result.output()).doesNotContainPattern(regex));
    }

    private static void checkEffect(
            SoftAssertions softly,
            Cli.Result result,
            Expectation expected,
            MigrationCheck check,
            SourceDatabase database,
            String schema,
            BucketInspector bucket) {
        try {
            softly.assertThat(database.isFinalized()).as("finalized").isEqualTo(expected.finalized);
            for (var query : expected.queries.entrySet()) {
                softly.assertThat(database.query(query.getKey()))
                        .as(query.getKey())
                        .contains(query.getValue());
            }
            if (expected.unchanged) {
                softly.assertThat(some(check.changes(bucket))).as("changes").isEmpty();
                softly.assertThat(database.schema()).as("schema").isEqualTo(schema);
            } else {
                checkMigration(softly, result, expected, check);
                softly.assertThat(some(check.problems(bucket))).as("problems").isEmpty();
            }
        } catch (SQLException e) {
            softly.fail("cannot look into the database", e);
        }
    }

    /** A run that did nothing would otherwise be told of row by row. */
    private static List<String> some(List<String> problems) {
        return problems.size() <= 10
                ? problems
                : Stream.concat(problems.stream().limit(10), Stream.of("... " + problems.size() + " in all"))
                        .toList();
    }

    private static void checkMigration(
            SoftAssertions softly, Cli.Result result, Expectation expected, MigrationCheck check) {
        softly.assertThat(check.good()).as("good rows").isEqualTo(expected.committed);
        softly.assertThat(check.failures()).as("bad rows").isEqualTo(expected.failed);
        var stats = FinalStats.of(result.stdout());
        softly.assertThat(stats.failed())
                .as("FAILED OBJECTS")
                .isEqualTo(expected.failed.values().stream().mapToInt(n -> n).sum());
        softly.assertThat(stats.reasons()).as("FAILED OBJECTS by reason").isEqualTo(expected.failed);
        check.failingHashes()
                .forEach(hash ->
                        softly.assertThat(result.output()).as("failed row").contains(hash));
    }
}
