package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code lo-migrate finalize} as a user runs it: with a database and no bucket. */
@ExtendWith(Backends.class)
@Tag("slow")
final class FinalizeCommandIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private static Cli.Result finalizing(SourceDatabase database, String... more) throws Exception {
        return new Cli()
                .inThisJvm()
                .arguments(List.of("finalize"))
                .arguments(List.of(more))
                .environment("LO_MIGRATE_PG_URL", database.url())
                // a file of settings may serve both commands
                .environment("LO_MIGRATE_BUCKET", "nice-bin")
                .run(LIMIT);
    }

    private static void insertMigrated(SourceDatabase database, long seed) throws Exception {
        database.insertGenerated(seed, 10, "text/plain");
        database.execute("UPDATE _nice_binary SET sha2 = repeat('" + seed + "', 64) WHERE sha2 IS NULL");
    }

    @Test
    void migratedTableIsFinalized(SourceDatabase database) throws Exception {
        insertMigrated(database, 1);
        insertMigrated(database, 2);

        Cli.Result result = finalizing(database);

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(result.stdout()).endsWith("finalized\n");
        assertThat(database.isFinalized()).isTrue();
    }

    @Test
    void secondTimeFindsNothingLeftToDo(SourceDatabase database) throws Exception {
        insertMigrated(database, 1);

        assertThat(finalizing(database).exitCode()).isZero();
        assertThat(finalizing(database).exitCode()).isZero();
        assertThat(database.isFinalized()).isTrue();
    }

    @Test
    void pendingRowIsNamedAndRefused(SourceDatabase database) throws Exception {
        insertMigrated(database, 1);
        String hash = database.insertGenerated(2, 10, "text/plain").hash();

        Cli.Result result = finalizing(database);

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
        assertThat(result.stderr())
                .contains("not finalized: 1 rows are still pending")
                .contains(hash);
        assertThat(database.isFinalized()).isFalse();
    }

    @Test
    void roleThatDoesNotOwnTheTableIsRefusedWithAllThatItLacks(SourceDatabase database) throws Exception {
        insertMigrated(database, 1);
        String role = Sessions.createRole(database);
        String url = database.url().replaceFirst("//[^@]*@", "//" + role + ":" + role + "@");

        Cli.Result result = new Cli()
                .inThisJvm()
                .arguments(List.of("finalize"))
                .environment("LO_MIGRATE_PG_URL", url)
                .run(LIMIT);

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
        assertThat(result.stderr()).contains("requires the owner of").contains("requires CREATE on the schema");
    }

    @Test
    void tableWithoutTheColumnIsRefused(SourceDatabase database) throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP COLUMN sha2");

        Cli.Result result = finalizing(database);

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
        assertThat(result.stderr()).contains("column sha2 is missing").contains("run the migration first");
    }

    @Test
    void runOnTheSameTableIsLeftAlone(SourceDatabase database) throws Exception {
        insertMigrated(database, 1);
        try (Connection run = database.connect();
                var statement = run.createStatement()) {
            // the lock as the documentation of operators has it: "LOMI" and the oid of the table
            statement.execute("SELECT pg_advisory_lock(x'4C4F4D49'::int, '_nice_binary'::regclass::oid::int)");

            Cli.Result result = finalizing(database);

            assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
            assertThat(result.stderr()).contains("another run works on this table");
            assertThat(database.isFinalized()).isFalse();
            assertThat(finalizing(database, "--no-lock").exitCode()).isZero();
        }
    }

    @Test
    void serverThatDoesNotAnswerIsNamed() throws Exception {
        Cli.Result result = new Cli()
                .inThisJvm()
                .arguments(List.of("finalize", "--pg-url", "postgresql://joe@127.0.0.1:1/nice"))
                .run(LIMIT);

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
        assertThat(result.stderr()).contains("Connection to 127.0.0.1:1 refused");
    }
}
