package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.wire.HeldPut;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Another run on a table that one is at work on: refused, unless it is asked to go on all the same. */
@ExtendWith(Backends.class)
@Timeout(240)
@Tag("slow")
final class SecondRunIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void isRefusedButWithNoLockDoesNoHarm(SourceDatabase database, @TempDir Path temp) throws Exception {
        database.fill(20, 1, seed -> 100, "text/plain");
        Path stdout = temp.resolve("stdout");
        Path stderr = temp.resolve("stderr");
        var held = new HeldPut();
        try (var store = ScriptedS3.start(held)) {
            Process first = cli(database, store, temp).start(stdout.toFile(), stderr.toFile());
            try {
                Await.until(LIMIT, "the first run's PUT, or its end", () -> held.arrived() || !first.isAlive());

                Cli.Result refused = cli(database, store, temp).inThisJvm().run(LIMIT);
                assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(3);
                assertThat(refused.stderr())
                        .contains("lo-migrate: another run works on this table (backend pid ")
                        .contains("--no-lock");

                Cli.Result second = cli(database, store, temp)
                        .arguments(List.of("--no-lock"))
                        .inThisJvm()
                        .run(LIMIT);
                assertThat(second.exitCode()).as(second.toString()).isZero();
                assertThat(second.stderr()).contains("--no-lock: nothing keeps another run");
                assertThat(pending(database)).isEqualTo("0");
                assertThat(first.isAlive()).isTrue();

                held.release();
                assertThat(first.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(first.exitValue())
                        .as(Files.readString(stdout) + Files.readString(stderr))
                        .isZero();
            } finally {
                held.release();
                first.destroyForcibly();
            }
        }
        assertThat(pending(database)).isEqualTo("0");
    }

    private static Cli cli(SourceDatabase database, ScriptedS3 store, Path temp) {
        return Cli.migrating(database, store, "nice-bin").arguments(List.of("--spill-dir", temp.toString()));
    }

    private static String pending(SourceDatabase database) throws Exception {
        return database.query("SELECT count(*)::text FROM _nice_binary WHERE sha2 IS NULL")
                .orElseThrow();
    }
}
