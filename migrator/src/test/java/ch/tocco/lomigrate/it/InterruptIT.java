package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Stops the packaged tool in the middle of a run by each of the signals that people and machines send. Whatever was
 * marked as migrated is in the bucket, nothing is left behind, and a second run completes the work.
 */
@ExtendWith(Backends.class)
@Tag("slow")
final class InterruptIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int OBJECTS = 1500;

    @ParameterizedTest(name = "{0}")
    @CsvSource({"INT, 130", "TERM, 143", "KILL, 137"})
    void nextRunCompletesWhatSignalInterrupted(
            String signal, int exitCode, SourceDatabase database, S3Server s3, @TempDir Path temp) throws Exception {
        database.fill(OBJECTS, 1, seed -> 2000, "image/png");
        database.insertGenerated(1_000_000, 3 << 20, "video/mp4");
        var check = MigrationCheck.before(database);
        String bucket = s3.createBucket();
        Path spill = Files.createDirectory(temp.resolve("spill"));
        var cli = Cli.migrating(database, s3, bucket)
                // slow enough to be met in the middle
                .arguments(List.of("--storer-threads", "1", "--commit-chunk", "10", "--spill-dir", spill.toString()));

        String log = interrupt(cli, signal, exitCode, database, temp);

        try (var inspector = s3.inspect(bucket)) {
            assertThat(check.unstored(inspector)).isEmpty();
            assertThat(migrated(database)).as(log).isBetween(1, OBJECTS - 1);
            if (!signal.equals("KILL")) {
                assertThat(log).contains("final stats");
                assertThat(spill).isEmptyDirectory();
                assertThat(inspector.openUploads()).isEmpty();
            }

            var second = Cli.migrating(database, s3, bucket)
                    .inThisJvm()
                    .arguments(List.of("--spill-dir", spill.toString()))
                    .run(LIMIT);

            assertThat(second.exitCode()).as(second.toString()).isZero();
            assertThat(check.problems(inspector)).isEmpty();
            assertThat(spill).isEmptyDirectory();
        }
    }

    /** The committer is slow: when the first chunk is committed, the store has acknowledged many more objects. */
    @Test
    void stopWithoutGraceStillCommitsWhatIsStored(SourceDatabase database, S3Server s3, @TempDir Path temp)
            throws Exception {
        int objects = 150;
        database.fill(objects, 1, seed -> 500, "image/png");
        database.execute("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " PERFORM pg_sleep(0.02); RETURN NEW; END $$;"
                + " CREATE TRIGGER slow BEFORE UPDATE ON _nice_binary FOR EACH ROW EXECUTE FUNCTION slow()");
        var cli = Cli.migrating(database, s3, s3.createBucket())
                .arguments(List.of("--stop-grace", "0", "--committer-threads", "1", "--commit-chunk", "10"))
                .arguments(List.of("--spill-dir", temp.toString()));

        String log = interrupt(cli, "TERM", 143, database, temp);

        var stored = Pattern.compile("storer threads +- processed: +(\\d+)").matcher(log);
        String last =
                stored.results().reduce((first, second) -> second).orElseThrow().group(1);
        assertThat(migrated(database)).as(log).isEqualTo(Integer.parseInt(last)).isGreaterThanOrEqualTo(20);
    }

    /** Starts the tool, sends the signal once the first rows are committed, and returns what the tool has written. */
    private static String interrupt(Cli cli, String signal, int exitCode, SourceDatabase database, Path temp)
            throws Exception {
        Path stdout = temp.resolve("stdout");
        Path stderr = temp.resolve("stderr");
        var process = cli.start(stdout.toFile(), stderr.toFile());
        try {
            Await.until(LIMIT, "first commits or end", () -> migrated(database) > 0 || !process.isAlive());
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            String log = Files.readString(stdout) + Files.readString(stderr);
            assertThat(process.exitValue()).as(log).isEqualTo(exitCode);
            return log;
        } finally {
            process.destroyForcibly();
        }
    }

    private static int migrated(SourceDatabase database) throws SQLException {
        return Integer.parseInt(
                database.query("SELECT count(sha2) FROM _nice_binary").orElseThrow());
    }
}
