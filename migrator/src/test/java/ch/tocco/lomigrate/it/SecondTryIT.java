package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Backends;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.FinalStats;
import ch.tocco.lomigrate.testkit.MigrationCheck;
import ch.tocco.lomigrate.testkit.S3Server;
import ch.tocco.lomigrate.testkit.SourceDatabase;
import ch.tocco.lomigrate.testkit.SourceRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * An object that failed for a cause that may pass is tried once more at the end of the run; exit code, final stats and
 * the file of failures agree on what came of it.
 */
@ExtendWith(Backends.class)
final class SecondTryIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);

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
}
