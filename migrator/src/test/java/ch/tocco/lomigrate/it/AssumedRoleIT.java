package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Keys of a role that a profile in AWS's configuration file names, from a stand-in for AWS's token service. */
@ExtendWith(Backends.class)
@Timeout(180)
@Tag("slow")
final class AssumedRoleIT {
    private static final String BUCKET = "nice-bin";
    private static final String ROLE = "arn:aws:iam::123456789012:role/lo-migrate";

    @TempDir
    private Path temp;

    private final List<String> asked = new CopyOnWriteArrayList<>();

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

    private RawServer service(EmbeddedS3 store) throws IOException {
        String body = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>"
                + "<Credentials><AccessKeyId>" + store.accessKey() + "</AccessKeyId><SecretAccessKey>"
                + store.secretKey() + "</SecretAccessKey><SessionToken>" + Secrets.MARK + "Session</SessionToken>"
                + "<Expiration>" + Instant.now().plusSeconds(3600)
                + "</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";
        return RawServer.start((from, to) -> {
            asked.add(request(from));
            to.write(("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: " + body.length()
                            + "\r\nConnection: close\r\n\r\n" + body)
                    .getBytes(StandardCharsets.US_ASCII));
        });
    }

    @Test
    void runsWithKeysOfTheRoleOfAProfile(SourceDatabase database) throws Exception {
        database.fill(20, 1, seed -> 2000, "image/png");
        var check = MigrationCheck.before(database);
        Path config = Files.writeString(
                temp.resolve("config"),
                "[profile migrating]\nrole_arn = " + ROLE + "\nsource_profile = base\nregion = us-east-1\n"
                        + "[profile base]\naws_access_key_id = base-access\naws_secret_access_key = " + Secrets.MARK
                        + "Base\n");
        try (var store = EmbeddedS3.start();
                var service = service(store)) {
            store.createBucket(BUCKET);
            Cli.Result result = new Cli()
                    .environment("LO_MIGRATE_PG_URL", database.url())
                    .environment("AWS_CONFIG_FILE", config.toString())
                    .environment(
                            "AWS_SHARED_CREDENTIALS_FILE", temp.resolve("none").toString())
                    .environment("AWS_PROFILE", "migrating")
                    .environment("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:" + service.port())
                    .arguments(List.of("--s3-url", store.endpoint().toString(), "--bucket", BUCKET))
                    .arguments(List.of("--spill-dir", temp.toString(), "--log-level", "trace", "--debug"))
                    .run(Duration.ofMinutes(1));
            assertThat(result.exitCode()).as(result.toString()).isZero();
            try (var inspector = store.inspect(BUCKET)) {
                assertThat(check.problems(inspector)).isEmpty();
            }
        }
        assertThat(asked)
                .singleElement()
                .asString()
                .contains("Action=AssumeRole&", "RoleArn=arn", "Credential=base-access/");
    }
}
