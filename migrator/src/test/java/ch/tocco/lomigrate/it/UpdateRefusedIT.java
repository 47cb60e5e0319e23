package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A table that takes no hash: seen before anything is uploaded, or after a hundred rows, and not row by row. */
@ExtendWith(Backends.class)
@Tag("slow")
final class UpdateRefusedIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Lets the trial pass and some commits, then refuses all. */
    private static final String LATER = """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF (SELECT count(*) FROM _nice_binary WHERE sha2 IS NOT NULL) >= 50 THEN
                RAISE 'enough' USING HINT = 'drop the trigger';
              END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER refuse BEFORE UPDATE ON _nice_binary FOR EACH ROW EXECUTE FUNCTION refuse();
            """;

    private static Cli.Result run(SourceDatabase database, S3Server s3, String bucket, Path temp) throws Exception {
        return Cli.migrating(database, s3, bucket)
                .inThisJvm()
                .arguments(List.of("--spill-dir", temp.toString(), "--commit-chunk", "20"))
                .run(LIMIT);
    }

    @Test
    void constraintThatNoRowPassesIsFoundBeforeAnythingIsUploaded(
            SourceDatabase database, S3Server s3, @TempDir Path temp) throws Exception {
        database.fill(30, 1, seed -> 500, "image/png");
        database.execute("ALTER TABLE _nice_binary ADD CONSTRAINT never CHECK (sha2 IS NULL)");
        String bucket = s3.createBucket();

        Cli.Result result = run(database, s3, bucket, temp);

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
        assertThat(result.stderr()).contains("all 20 rows of a trial failed alike", "SQLSTATE 23514", "; DETAIL: ");
        try (var inspector = s3.inspect(bucket)) {
            assertThat(inspector.keys()).isEmpty();
        }
    }

    @Test
    void tableThatTakesNoMoreHashesEndsTheRunWithFewWarnings(SourceDatabase database, S3Server s3, @TempDir Path temp)
            throws Exception {
        database.fill(1500, 1, seed -> 500, "image/png");
        database.execute(LATER);

        Cli.Result result = run(database, s3, s3.createBucket(), temp);

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(4);
        assertThat(result.stderr()
                        .lines()
                        .filter(line -> line.contains(" failed: ") || line.contains("failed for now")))
                .as(result.toString())
                .hasSizeBetween(99, 250);
        assertThat(result.stderr().lines().filter(line -> line.startsWith("lo-migrate: ")))
                .singleElement()
                .asString()
                .contains(
                        "100 rows one after another failed alike",
                        "ERROR: enough (SQLSTATE P0001); HINT: drop the trigger");
    }
}
