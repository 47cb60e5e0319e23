package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import ch.tocco.lomigrate.testkit.wire.ForwardProxy;
import ch.tocco.lomigrate.testkit.wire.RawServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Keys by web identity, as a pod in EKS has them, from a stand-in for AWS's token service that only a proxy reaches. */
@ExtendWith(Backends.class)
@Timeout(180)
@Tag("slow")
final class WebIdentityIT {
    private static final String BUCKET = "nice-bin";
    private static final String ROLE = "arn:aws:iam::123456789012:role/lo-migrate";

    @TempDir
    private Path temp;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private EmbeddedS3 store;
    private ForwardProxy proxy;

    @BeforeEach
    void start() throws IOException {
        store = EmbeddedS3.start();
        store.createBucket(BUCKET);
        proxy = ForwardProxy.start();
        Files.writeString(temp.resolve("token"), Secrets.MARK + "Token");
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        store.close();
    }

    /** A token service that gives the same answer to all. */
    private RawServer service(String status, String body) throws IOException {
        return RawServer.start((from, to) -> {
            asked.add(request(from));
            to.write(("HTTP/1.1 " + status + "\r\nContent-Type: text/xml\r\nContent-Length: " + body.length()
                            + "\r\nConnection: close\r\n\r\n" + body)
                    .getBytes(StandardCharsets.US_ASCII));
        });
    }

    /** All of it, as the client waits for the answer then. */
    private static String request(InputStream from) throws IOException {
        var text = new StringBuilder();
        byte[] buffer = new byte[8192];
        while (!text.toString().contains("Action=") || from.available() > 0) {
            int count = from.read(buffer);
            if (count < 0) {
                break;
            }
            text.append(new String(buffer, 0, count, StandardCharsets.US_ASCII));
        }
        return text.toString();
    }

    private Cli migrating(SourceDatabase database, RawServer service) {
        return new Cli()
                .environment("LO_MIGRATE_PG_URL", database.url())
                .environment(
                        "AWS_WEB_IDENTITY_TOKEN_FILE", temp.resolve("token").toString())
                .environment("AWS_ROLE_ARN", ROLE)
                .environment("AWS_ENDPOINT_URL_STS", "http://sts.test:" + service.port())
                .environment("HTTP_PROXY", "http://127.0.0.1:" + proxy.port())
                .environment("NO_PROXY", "127.0.0.1")
                .arguments(List.of("--s3-url", store.endpoint().toString(), "--bucket", BUCKET))
                .arguments(List.of("--spill-dir", temp.toString(), "--log-level", "trace", "--debug"));
    }

    @Test
    void runsWithKeysOfTheTokenService(SourceDatabase database) throws Exception {
        database.fill(20, 1, seed -> 2000, "image/png");
        var check = MigrationCheck.before(database);
        String body = "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                + "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>" + store.accessKey()
                + "</AccessKeyId><SecretAccessKey>" + store.secretKey() + "</SecretAccessKey><SessionToken>"
                + Secrets.MARK + "Session</SessionToken><Expiration>"
                + Instant.now().plusSeconds(3600) + "</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
                + "</AssumeRoleWithWebIdentityResponse>";
        try (var service = service("200 OK", body)) {
            Cli.Result result = migrating(database, service).run(Duration.ofMinutes(1));
            assertThat(result.exitCode()).as(result.toString()).isZero();
            assertThat(proxy.asked()).containsExactly("POST http://sts.test:" + service.port() + "/");
        }
        assertThat(asked)
                .singleElement()
                .asString()
                .contains("Action=AssumeRoleWithWebIdentity", "RoleArn=arn", Secrets.MARK + "Token");
        try (var inspector = store.inspect(BUCKET)) {
            assertThat(check.problems(inspector)).isEmpty();
        }
    }

    @Test
    void refusalOfTheTokenServiceIsSaidAtOnce(SourceDatabase database) throws Exception {
        String body = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
                + "<Code>AccessDenied</Code><Message>Not authorized to perform it</Message></Error></ErrorResponse>";
        try (var service = service("403 Forbidden", body)) {
            Cli.Result result = migrating(database, service).run(Duration.ofMinutes(1));
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
            assertThat(result.stderr())
                    .contains(
                            "cannot be written to: HeadBucket: no keys for AWS_ROLE_ARN: Not authorized to perform it")
                    .doesNotContain("--s3-url");
        }
    }
}
