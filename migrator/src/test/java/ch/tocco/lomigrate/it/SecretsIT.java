package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.data.SourceRow;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tool as talkative as it can be made, with each way to give it a secret: every {@link Cli.Result} is looked
 * through for secrets, so that reaching the expected end is the whole test.
 */
@ExtendWith(Backends.class)
@Tag("slow")
final class SecretsIT {
    private static final List<String> TALKATIVE = List.of("--log-level", "trace", "--debug", "--interval", "1");

    @TempDir
    private Path temp;

    private SourceDatabase database;
    private S3Server s3;
    private String bucket;

    @BeforeEach
    void prepare(SourceDatabase fresh, S3Server server) throws Exception {
        database = fresh;
        database.insertGenerated(1, 1000, "text/plain");
        database.insertGenerated(2, (6 << 20) + 1, "text/plain");
        database.insertRow(new SourceRow("0".repeat(40), 7L, "", 4_000_000_000L, null));
        s3 = server;
        bucket = s3.createBucket();
    }

    private Cli talkative() {
        return Cli.migrating(database, s3, bucket)
                .arguments(TALKATIVE)
                .arguments(List.of("--upload-chunk-size", "5120", "--multipart-threshold", "0"));
    }

    private static void endsWith(int exitCode, Cli cli) throws Exception {
        var result = cli.run(Duration.ofMinutes(2));
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(exitCode);
    }

    private String urlWithoutPassword() {
        return database.url().replace(":" + encoded(Secrets.PASSWORD) + "@", "@");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Path privateFile(String content) throws Exception {
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        return Files.writeString(Files.createFile(temp.resolve("private"), mode), content);
    }

    @Test
    void migrationInWhichAnObjectFails() throws Exception {
        endsWith(
                1,
                talkative()
                        .arguments(
                                List.of("--failures", temp.resolve("failures").toString())));
    }

    @Test
    void passwordFromVariable() throws Exception {
        endsWith(
                1,
                talkative()
                        .environment("LO_MIGRATE_PG_URL", urlWithoutPassword())
                        .environment("PGPASSWORD", Secrets.PASSWORD));
    }

    @Test
    void passwordFromFile() throws Exception {
        String escaped = Secrets.PASSWORD.replace(":", "\\:");
        endsWith(
                1,
                talkative()
                        .environment("LO_MIGRATE_PG_URL", urlWithoutPassword())
                        .environment(
                                "PGPASSFILE",
                                privateFile("*:*:*:*:" + escaped + "\n").toString()));
    }

    @Test
    void secretsOnTheCommandLineAndInItsFile() throws Exception {
        var arguments = Stream.of(
                "--secret-key=" + s3.secretKey(), "--access-key=" + s3.accessKey(), "--pg-url=" + database.url());
        endsWith(
                1,
                new Cli()
                        .arguments(List.of("--s3-url", s3.endpoint().toString(), "--bucket", bucket))
                        .arguments(TALKATIVE)
                        .arguments(List.of("@" + privateFile(String.join("\n", arguments.toList())))));
        endsWith(
                0,
                new Cli()
                        .arguments(List.of("--s3-url", s3.endpoint().toString(), "--bucket", bucket))
                        .arguments(List.of("-p", database.url(), "-k", s3.accessKey(), "-s", s3.secretKey()))
                        .arguments(List.of("--version")));
    }

    @Test
    void logOfJson() throws Exception {
        endsWith(1, talkative().arguments(List.of("--log-format", "json")));
        endsWith(
                3,
                talkative()
                        .arguments(List.of("--log-format", "json"))
                        .environment("LO_MIGRATE_SECRET_KEY", Secrets.MARK));
    }

    /** The embedded server knows no session tokens: it refuses them, or takes no notice. */
    @Test
    void keysFromACredentialsFileAndASessionToken() throws Exception {
        Path credentials = privateFile("[default]\naws_access_key_id = " + s3.accessKey() + "\naws_secret_access_key = "
                + s3.secretKey() + "\naws_session_token = " + Secrets.MARK + "Session\n");
        var result = new Cli()
                .environment("LO_MIGRATE_PG_URL", database.url())
                .environment("AWS_SHARED_CREDENTIALS_FILE", credentials.toString())
                .arguments(List.of("--s3-url", s3.endpoint().toString(), "--bucket", bucket))
                .arguments(TALKATIVE)
                .run(Duration.ofMinutes(2));
        assertThat(result.exitCode()).as(result.toString()).isIn(1, 3);
        var refused = talkative()
                .environment("AWS_SESSION_TOKEN", Secrets.MARK + "Session")
                .run(Duration.ofMinutes(2));
        assertThat(refused.exitCode()).as(refused.toString()).isIn(1, 3);
    }

    @Test
    void wrongPassword() throws Exception {
        endsWith(
                3,
                talkative()
                        .environment(
                                "LO_MIGRATE_PG_URL", database.url().replace("@127", encoded(Secrets.MARK) + "@127")));
    }

    @Test
    void wrongSecretKey() throws Exception {
        endsWith(3, talkative().environment("LO_MIGRATE_SECRET_KEY", Secrets.MARK));
    }

    @Test
    void passwordThatIsNotEncoded() throws Exception {
        String url = database.url().replace(encoded(Secrets.PASSWORD), Secrets.PASSWORD);
        endsWith(2, talkative().environment("LO_MIGRATE_PG_URL", url));
    }

    @Test
    void parametersThatTheServerRefuses() throws Exception {
        endsWith(
                3,
                talkative()
                        .environment(
                                "LO_MIGRATE_PG_URL",
                                database.url() + "?options=-c%20nonsense%3D1&sslpassword=" + Secrets.MARK));
    }

    @Test
    void serversThatAreNotThere() throws Exception {
        endsWith(
                3,
                talkative()
                        .environment(
                                "LO_MIGRATE_PG_URL",
                                database.url().replace(":" + database.server().port(), ":1")));
        endsWith(
                3,
                new Cli()
                        .environment("LO_MIGRATE_PG_URL", database.url())
                        .environment("LO_MIGRATE_ACCESS_KEY", s3.accessKey())
                        .environment("LO_MIGRATE_SECRET_KEY", s3.secretKey())
                        .arguments(List.of("--s3-url", "http://127.0.0.1:1", "--bucket", bucket))
                        .arguments(TALKATIVE));
    }
}
