package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The statements that the runbook tells to run do what it says of them. */
@ExtendWith(Backends.class)
@Tag("slow")
final class RunbookSqlIT {
    @Test
    void aRoleWithTheGrantsOfTheRunbookMigrates(SourceDatabase database, S3Server s3, @TempDir Path spill)
            throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP COLUMN sha2");
        database.fill(100, 1, seed -> 2000, "image/png");
        database.insertGenerated(1_000_000, 3 << 20, "video/mp4");
        var check = MigrationCheck.before(database);
        String role = "grants_" + database.name();
        database.execute(block("       ALTER TABLE _nice_binary ADD COLUMN", "   The last line lets the role")
                .replace("lo_migrate", role)
                .replace("nice2_ecap", database.name())
                .replace("'…'", "'" + role + "'"));
        String bucket = s3.createBucket();
        var server = database.server();

        var result = Cli.migrating(database, s3, bucket)
                .inThisJvm()
                .environment(
                        "LO_MIGRATE_PG_URL",
                        "postgresql://%s:%s@%s:%d/%s"
                                .formatted(role, role, server.host(), server.port(), database.name()))
                .arguments(List.of("--spill-dir", spill.toString()))
                .run(Duration.ofMinutes(2));

        assertThat(result.exitCode()).as(result.toString()).isZero();
        try (var inspector = s3.inspect(bucket)) {
            assertThat(check.problems(inspector)).isEmpty();
        }
    }

    @Test
    void finalizingCanBeUndoneAndAllBeginAgain(SourceDatabase database, S3Server s3) throws Exception {
        database.fill(10, 1, seed -> 2000, "image/png");
        String lost = s3.createBucket();
        assertThat(migrate(database, s3, lost)).isZero();
        String before = database.schema();

        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            for (String undo : block("    ALTER TABLE _nice_binary ALTER COLUMN sha2 DROP NOT NULL", "\n\n")
                    .lines()
                    .toList()) {
                statement.execute(undo);
            }
            statement.execute("UPDATE _nice_binary SET sha2 = NULL");
        }
        var check = MigrationCheck.before(database);
        String bucket = s3.createBucket();
        assertThat(migrate(database, s3, bucket)).isZero();

        assertThat(database.schema()).isEqualTo(before);
        try (var inspector = s3.inspect(bucket)) {
            assertThat(check.problems(inspector)).isEmpty();
        }
    }

    private static int migrate(SourceDatabase database, S3Server s3, String bucket) throws Exception {
        return Cli.migrating(database, s3, bucket)
                .inThisJvm()
                .arguments(List.of("--finalize"))
                .run(Duration.ofMinutes(2))
                .exitCode();
    }

    /** An indented block, without its indentation. */
    private static String block(String beginning, String end) throws IOException {
        String runbook = Files.readString(Path.of("..", "docs", "runbook.md"));
        int from = runbook.indexOf(beginning);
        return runbook.substring(from, runbook.indexOf(end, from))
                .lines()
                .map(String::strip)
                .collect(Collectors.joining("\n"));
    }
}
