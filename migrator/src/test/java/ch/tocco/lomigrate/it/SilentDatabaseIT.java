package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import ch.tocco.lomigrate.testkit.wire.FaultProxy;
import ch.tocco.lomigrate.testkit.wire.FaultProxy.Weather;
import ch.tocco.lomigrate.testkit.wire.Trigger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that takes connections and says nothing cannot keep a stop from ending the tool. */
@ExtendWith(Backends.class)
@Tag("slow")
final class SilentDatabaseIT {
    /** Far below what a login may last by itself, and above what a busy machine takes to end a JVM. */
    private static final Duration SOON = Duration.ofSeconds(15);

    @ParameterizedTest
    @ValueSource(strings = {"migrate", "finalize"})
    void stopEndsACommandWhoseLoginGetsNoAnswer(
            String command, SourceDatabase database, S3Server s3, @TempDir Path temp) throws Exception {
        try (var proxy = FaultProxy.to("127.0.0.1", database.server().port())) {
            proxy.weather(Weather.BLACK_HOLE);
            String url = database.url().replace(":" + database.server().port(), ":" + proxy.port());
            var cli = command.equals("migrate")
                    ? Cli.migrating(database, s3, "nice-bin")
                    : new Cli().arguments(List.of(command));
            cli.environment("LO_MIGRATE_PG_URL", url).arguments(List.of("--no-lock"));
            assertStopEnds(cli, temp, () -> proxy.open() > 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"verdict, --no-lock", "finalize, --finalize"})
    void stopEndsARunWhoseLastLoginGetsNoAnswer(
            String purpose, String flag, SourceDatabase database, S3Server s3, @TempDir Path temp) throws Exception {
        database.insertGenerated(1, 100, "text/plain");
        try (var proxy = FaultProxy.to("127.0.0.1", database.server().port())) {
            var silence = Trigger.onRequest("lo-migrate " + purpose).silence();
            proxy.arm(silence);
            String url = database.url().replace(":" + database.server().port(), ":" + proxy.port());
            var cli = Cli.migrating(database, s3, s3.createBucket())
                    .environment("LO_MIGRATE_PG_URL", url)
                    .arguments(List.of("--spill-dir", temp.toString(), flag));
            assertStopEnds(cli, temp, () -> silence.fired() > 0);
        }
    }

    private static void assertStopEnds(Cli cli, Path temp, Callable<Boolean> isSilent) throws Exception {
        Path stderr = temp.resolve("stderr");
        Process process = cli.start(temp.resolve("stdout").toFile(), stderr.toFile());
        try {
            Await.until(Duration.ofMinutes(1), "silence, or the end", () -> isSilent.call() || !process.isAlive());
            new ProcessBuilder("kill", "-TERM", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS))
                    .as(Files.readString(stderr))
                    .isTrue();
            assertThat(process.exitValue()).as(Files.readString(stderr)).isEqualTo(143);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
