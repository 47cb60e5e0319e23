package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import ch.tocco.lomigrate.testkit.servers.OwnNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that vanishes with its shard: no kernel is left that could tell the server that the connections are over. */
@Timeout(300)
@Tag("slow")
final class VanishedNodeIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration MOST = Duration.ofSeconds(60);
    private static final String HELD = "SELECT 'held' FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            + " WHERE l.locktype = 'advisory' AND a.application_name LIKE 'lo-migrate lock 1/1 %'";

    @TempDir
    private Path temp;

    @Test
    void theShardIsTakenOverElsewhereWithinAMinute() throws Exception {
        Optional<OwnNetwork> made = OwnNetwork.open();
        assumeTrue(made.isPresent(), "no network namespace can be made here (root only): not shown");
        try (OwnNetwork node = made.get();
                EmbeddedPostgres postgres = EmbeddedPostgres.startOn(node.host(), Map.of());
                EmbeddedS3 s3 = EmbeddedS3.startOn(node.host())) {
            SourceDatabase database = SourceDatabase.create(postgres);
            database.fill(10, 1, seed -> 100, "text/plain");
            MigrationCheck check = MigrationCheck.before(database);
            String bucket = s3.createBucket();
            Process first = startPaused(node, database, s3, bucket);
            try {
                Await.until(LIMIT, "the pause, or the end", () -> said().contains("paused: ") || !first.isAlive());
                assertThat(first.isAlive()).as(said()).isTrue();
                node.cut();
                long cut = System.nanoTime();
                assertThat(held(database)).isTrue();
                Await.until(MOST, "the lock of the vanished node falls", () -> !held(database));
                System.out.printf("the lock fell after %.0f s%n", (System.nanoTime() - cut) / 1e9);
            } finally {
                first.descendants().forEach(ProcessHandle::destroyForcibly); // the shell's child would live on
                first.destroyForcibly();
            }
            Cli.Result second = shard(database, s3, bucket).inThisJvm().run(LIMIT);
            assertThat(second.exitCode()).as(second.toString()).isZero();
            try (var inspector = s3.inspect(bucket)) {
                assertThat(check.problems(inspector)).isEmpty();
            }
        }
    }

    private Process startPaused(OwnNetwork node, SourceDatabase database, EmbeddedS3 s3, String bucket)
            throws Exception {
        Path pause = Files.createFile(temp.resolve("pause"));
        return shard(database, s3, bucket)
                .environment("LO_MIGRATE_PG_URL", database.url().replace("127.0.0.1", node.host()))
                .arguments(List.of("--pause-file", pause.toString()))
                .within(node.shell())
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("first").toFile())
                .start();
    }

    private Cli shard(SourceDatabase database, EmbeddedS3 s3, String bucket) {
        return Cli.migrating(database, s3, bucket).arguments(List.of("--shard", "1/1", "--spill-dir", temp.toString()));
    }

    private String said() throws IOException {
        return Files.readString(temp.resolve("first"));
    }

    private static boolean held(SourceDatabase database) throws Exception {
        return database.query(HELD).isPresent();
    }
}
