package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Endpoints and buckets that are not Amazon's: what the environment says about Amazon's own endpoints changes nothing,
 * and what Amazon would refuse is left to the store.
 */
@ExtendWith(Backends.class)
@Timeout(180)
@Tag("slow")
final class EndpointSettingsIT {
    @TempDir
    private Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"AWS_USE_DUALSTACK_ENDPOINT=true", "AWS_USE_FIPS_ENDPOINT=true"})
    void runsAll(String setting, SourceDatabase database, S3Server s3) throws Exception {
        database.fill(5, 1, seed -> 2000, "image/png");
        database.insertGenerated(100, (5 << 20) + 1, "video/mp4");
        var check = MigrationCheck.before(database);
        String bucket = s3.createBucket();
        String[] variable = setting.split("=", 2);
        Cli.Result result = Cli.migrating(database, s3, bucket)
                .environment(variable[0], variable[1])
                .arguments(List.of("--spill-dir", temp.toString()))
                .arguments(List.of("--upload-chunk-size", "5120", "--multipart-threshold", "0"))
                .run(Duration.ofMinutes(2));
        assertThat(result.exitCode()).as(result.toString()).isZero();
        try (var inspector = s3.inspect(bucket)) {
            assertThat(check.problems(inspector)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Photos", "Test_bucket"})
    void endpointMayHaveAPathAndABucketNamesThatAmazonRefuses(String bucket, SourceDatabase database) throws Exception {
        database.fill(5, 1, seed -> 2000, "image/png");
        database.insertGenerated(100, (5 << 20) + 1, "video/mp4");
        var check = MigrationCheck.before(database);
        try (var store = EmbeddedS3.startAt("/s3")) {
            store.createBucket(bucket);
            Cli.Result result = Cli.migrating(database, store, bucket)
                    .inThisJvm()
                    .arguments(List.of("--spill-dir", temp.toString()))
                    .arguments(List.of("--upload-chunk-size", "5120", "--multipart-threshold", "0"))
                    .run(Duration.ofMinutes(2));
            assertThat(result.exitCode()).as(result.toString()).isZero();
            try (var inspector = store.inspect(bucket)) {
                assertThat(check.problems(inspector)).isEmpty();
            }
        }
    }
}
