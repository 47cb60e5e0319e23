package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The program of {@code --hook} is told of a whole run of the tool, and may refuse it. */
@ExtendWith(Backends.class)
@Timeout(300)
final class HookIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private Path temp;

    private SourceDatabase database;

    @BeforeEach
    void fill(SourceDatabase fresh) throws Exception {
        database = fresh;
        database.fill(5, 1, seed -> 500, "text/plain");
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Cli.Result run(ScriptedS3 store, String script) throws Exception {
        return Cli.migrating(database, store, store.createBucket())
                .inThisJvm()
                .environment("PGPASSWORD", Secrets.SECRET_KEY)
                .arguments(List.of("--hook", hook(script).toString()))
                .run(LIMIT);
    }

    private Path hook(String script) throws IOException {
        Path file = temp.resolve("hook");
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void programIsToldOfStartAndEndWithoutSecrets() throws Exception {
        Path told = temp.resolve("told");
        try (var store = ScriptedS3.start(request -> null)) {
            Cli.Result result = run(store, "/usr/bin/env >> " + told);
            assertThat(result.exitCode()).as(result.toString()).isZero();
        }
        String seen = Files.readString(told);
        assertThat(seen.lines().filter(line -> line.startsWith("LO_EVENT_NAME")))
                .containsExactly("LO_EVENT_NAME=start", "LO_EVENT_NAME=end");
        assertThat(seen)
                .contains("LO_EVENT_OUTCOME=all-migrated\n", "LO_EVENT_MESSAGE=all migrated\n", "LO_EVENT_DATABASE=")
                .doesNotContain("LO_MIGRATE_", "PGPASSWORD");
        Secrets.requireNoneIn("the hook's environment", seen);
    }

    @Test
    void programThatFailsAtTheStartRefusesTheRunBeforeItChangesAnything() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP COLUMN sha2");
        try (var store = ScriptedS3.start(request -> null)) {
            Cli.Result result = run(store, "echo not tonight; exit 1");
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
            assertThat(result.stderr()).contains("ended with exit code 1: not tonight, so the run does not begin");
        }
        assertThat(database.query("SELECT 1 FROM information_schema.columns WHERE column_name = 'sha2'"
                        + " AND table_name = '_nice_binary'"))
                .isEmpty();
    }
}
