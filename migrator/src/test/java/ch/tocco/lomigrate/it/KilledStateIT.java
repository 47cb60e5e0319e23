package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A run with its state in a table is killed after its PUTs and before its commits: the next run meets objects of keys that say
 * nothing of their content, knows them as its own, and completes the work without a failure. Once the store
 * refuses to replace an object, once it takes no notice of If-None-Match.
 */
@ExtendWith(Backends.class)
@Timeout(300)
final class KilledStateIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int SMALL = 60;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nextRunKnowsTheObjectsOfTheKilledOne(
            boolean inRows, SourceDatabase database, S3Server honouring, @TempDir Path temp) throws Exception {
        try (EmbeddedS3 replacing = inRows ? EmbeddedS3.startWithoutConditions() : null) {
            check(inRows, database, inRows ? replacing : honouring, temp);
        }
    }

    private static void check(boolean inRows, SourceDatabase database, S3Server s3, Path temp) throws Exception {
        database.execute("CREATE TABLE f (id int PRIMARY KEY, o oid, c bytea)");
        Map<String, String> expected = new TreeMap<>();
        for (int i = 0; i < SMALL + 2; i++) {
            byte[] content = GeneratedContent.bytes(i, i < SMALL ? 100 + i : i == SMALL ? 2_000_000 : 12_000_000);
            try (var connection = database.connect();
                    var statement = connection.prepareStatement("INSERT INTO f VALUES (?, ?, ?)")) {
                statement.setInt(1, i);
                statement.setLong(2, inRows ? 0 : database.createObject(content));
                statement.setBytes(3, inRows ? content : null);
                statement.executeUpdate();
            }
            expected.put("f/" + i, Digests.of(content).sha256());
        }
        String bucket = s3.createBucket();
        List<String> flags = List.of(
                "--table",
                "f",
                inRows ? "--bytes" : "--oid",
                inRows ? "t.c" : "t.o",
                "--object-key",
                "f/{id}",
                "--spill-dir",
                temp.toString(),
                "--multipart-threshold",
                "5120",
                "--upload-chunk-size",
                "5120");
        assertThat(cli(database, s3, bucket, flags)
                        .inThisJvm()
                        .arguments(List.of("--where", "t.id < 0"))
                        .run(LIMIT)
                        .exitCode())
                .as("makes the tables of the state")
                .isZero();

        try (var inspector = s3.inspect(bucket);
                var other = database.connect();
                var lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("LOCK TABLE lo_migrate.object_1 IN SHARE MODE"); // nothing can be recorded
            try (var tool = new StartedTool(cli(database, s3, bucket, flags), temp)) {
                Await.until(LIMIT, "all objects are stored", () -> {
                    assertThat(tool.isRunning()).as(tool.output()).isTrue();
                    return inspector.keys().size() >= SMALL + 2;
                });
                tool.signal("KILL");
                tool.end(137);
            }
            other.rollback();
            assertThat(database.query("SELECT count(*) FROM lo_migrate.object_1"))
                    .contains("0");
            Await.until(
                    LIMIT,
                    "no session of the killed run",
                    () -> database.query("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE"
                                    + " 'lo-migrate %' AND datname = current_database()")
                            .orElseThrow()
                            .equals("0"));

            Cli.Result result = cli(database, s3, bucket, flags).inThisJvm().run(LIMIT);

            assertThat(result.exitCode()).as(result.toString()).isZero();
            assertThat(result.stdout()).contains("all migrated");
            assertThat(result.stderr()).doesNotContain("KEY_TAKEN");
            assertThat(result.stderr().contains("does not honour If-None-Match"))
                    .isEqualTo(inRows);
            Map<String, String> found = new TreeMap<>();
            for (String key : inspector.keys()) {
                found.put(key, inspector.read(key).sha256());
            }
            assertThat(found).isEqualTo(expected);
            assertThat(database.query("SELECT count(*) FROM lo_migrate.object_1"))
                    .contains(Integer.toString(SMALL + 2));
        }
    }

    private static Cli cli(SourceDatabase database, S3Server s3, String bucket, List<String> flags) {
        return Cli.migrating(database, s3, bucket).arguments(flags);
    }
}
