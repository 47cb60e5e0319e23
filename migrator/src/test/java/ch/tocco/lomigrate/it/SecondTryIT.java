package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.FinalStats;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.data.SourceRow;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An object that failed for a cause that may pass is tried once more at the end of the run; exit code, final stats and
 * the file of failures agree on what came of it.
 */
@ExtendWith(Backends.class)
@Tag("slow")
final class SecondTryIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final int OTHERS = 300;

    /** Refuses the first row as long as others are pending, and the second one for ever. */
    private static final String REFUSE = """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF NEW.data = %d AND (SELECT count(*) FROM _nice_binary WHERE sha2 IS NULL) > 10 THEN
                RAISE 'not yet';
              ELSIF NEW.data = %d THEN
                RAISE E'never:\\n"%%"', NEW.hash;
              END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON _nice_binary FOR EACH ROW EXECUTE FUNCTION refuse();
            """;

    @Test
    void objectsAreTriedAgainAtTheEndAndWhatFailedIsTheSameEverywhere(
            SourceDatabase database, S3Server s3, @TempDir Path temp) throws Exception {
        // first by their oids, so that they are committed before the rest
        var refusedAtFirst = database.insertGenerated(900_001, 3000, "image/png");
        var refusedForEver = database.insertGenerated(900_002, 3000, "image/png");
        database.fill(300, 1, seed -> 2000, "image/png");
        database.insertRow(new SourceRow("0".repeat(40), 7L, "image/png", 4_000_000_000L, null));
        database.execute(REFUSE.formatted(refusedAtFirst.oid(), refusedForEver.oid()));
        var check = MigrationCheck.before(database);
        String bucket = s3.createBucket();
        Path failures = temp.resolve("failures");

        var result = Cli.migrating(database, s3, bucket)
                .inThisJvm()
                .arguments(List.of("--committer-threads", "1", "--spill-dir", temp.toString()))
                .arguments(List.of("--failures", failures.toString()))
                .run(LIMIT);

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
        assertThat(result.output()).contains("trying 2 objects again");
        assertThat(FinalStats.of(result.stdout()))
                .as(result.toString())
                .isEqualTo(new FinalStats(2, Map.of("MISSING", 1, "NOT_COMMITTED", 1)));
        assertThat(Files.readAllLines(failures))
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line)
                                .contains("\"oid\":\"4000000000\"", "\"reason\":\"MISSING\"", "\"attempts\":1"),
                        line -> assertThat(line)
                                .contains("\"oid\":\"" + refusedForEver.oid() + "\"", "\"stage\":\"committer\"")
                                .contains("\"reason\":\"NOT_COMMITTED\"", "\"attempts\":2"));
        try (var inspector = s3.inspect(bucket)) {
            assertThat(check.problems(inspector))
                    .as(result.toString())
                    .singleElement()
                    .asString()
                    .contains(refusedForEver.hash());
        }
    }

    /** By an application that changes it and does not end its transaction. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rowThatIsLockedIsCommittedAtTheEndIfItIsFreeThen(
            boolean released, SourceDatabase database, S3Server s3, @TempDir Path temp) throws Exception {
        var locked = database.insertGenerated(900_001, 3000, "image/png");
        database.fill(OTHERS, 1, seed -> 2000, "image/png");
        String bucket = s3.createBucket();
        var cli = Cli.migrating(database, s3, bucket).inThisJvm().arguments(List.of("--spill-dir", temp.toString()));
        try (var application = database.connect()) {
            application.setAutoCommit(false);
            try (var statement = application.createStatement()) {
                statement.execute("UPDATE _nice_binary SET mime_type = 'a/b' WHERE data = " + locked.oid());
            }
            Path stdout = temp.resolve("stdout");
            Path stderr = temp.resolve("stderr");
            Process process = cli.start(stdout.toFile(), stderr.toFile());
            try {
                // a lock that is released before that would not be noticed
                Await.until(
                        LIMIT,
                        "the row fails",
                        () -> Files.readString(stderr).contains("failed for now") || !process.isAlive());
                if (released) {
                    application.rollback();
                }
                assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } finally {
                process.destroyForcibly();
            }
            var result = new Cli.Result(process.exitValue(), Files.readString(stdout), Files.readString(stderr));
            application.rollback();

            assertThat(result.exitCode()).as(result.toString()).isEqualTo(released ? 0 : 1);
            assertThat(result.output())
                    .containsOnlyOnce("failed for now, tried again at the end: NOT_COMMITTED oid " + locked.oid())
                    .contains("trying 1 objects again");
            assertThat(migrated(database)).isEqualTo(released ? OTHERS + 1 : OTHERS);
            assertThat(FinalStats.of(result.stdout()))
                    .isEqualTo(new FinalStats(released ? 0 : 1, released ? Map.of() : Map.of("NOT_COMMITTED", 1)));
        }
    }

    private static int migrated(SourceDatabase database) throws SQLException {
        return Integer.parseInt(
                database.query("SELECT count(sha2) FROM _nice_binary").orElseThrow());
    }
}
