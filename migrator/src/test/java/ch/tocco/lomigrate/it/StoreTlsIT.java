package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import ch.tocco.lomigrate.testkit.servers.SelfSignedCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A store that speaks https, with a certificate of its own for {@code localhost}: believed only where it should be. */
@ExtendWith(Backends.class)
@Timeout(300)
@Tag("slow")
final class StoreTlsIT {
    private static final String BUCKET = "nice-bin";

    @TempDir
    private Path temp;

    private EmbeddedS3 store;

    @BeforeEach
    void start() throws IOException {
        SelfSignedCertificate.write(temp, "dns:localhost");
        store = EmbeddedS3.startSecure(temp);
        store.createBucket(BUCKET);
    }

    @AfterEach
    void stop() throws IOException {
        store.close();
    }

    @Test
    void storesOverTlsWhereTheCertificateIsTrusted(SourceDatabase database) throws Exception {
        database.fill(20, 1, seed -> 2000, "image/png");
        // in parts, which takes the other HTTP client too
        database.insertGenerated(100, (5 << 20) + 1, "video/mp4");
        var check = MigrationCheck.before(database);

        Process run = trusting(migrating(database, "localhost"))
                .start(file("trusted").toFile(), file("trusted").toFile());

        assertEndsWith(0, run, "trusted");
        try (var inspector = store.inspect(BUCKET)) {
            assertThat(check.problems(inspector)).isEmpty();
        }
    }

    @Test
    void storesOverTlsWhereTheBundleHasTheAuthority(SourceDatabase database) throws Exception {
        database.fill(20, 1, seed -> 2000, "image/png");
        database.insertGenerated(100, (5 << 20) + 1, "video/mp4");
        var check = MigrationCheck.before(database);

        Process run = migrating(database, "localhost")
                .arguments(List.of("--multipart-threshold", "0"))
                .arguments(List.of("--ca-bundle", temp.resolve("server.crt").toString()))
                .start(file("bundle").toFile(), file("bundle").toFile());

        assertEndsWith(0, run, "bundle");
        try (var inspector = store.inspect(BUCKET)) {
            assertThat(check.problems(inspector)).isEmpty();
        }
    }

    /** Both at once, as the TLS library takes up to half a minute to report what it refused. */
    @Test
    void refusesUnknownAuthorityAndWrongHostName(SourceDatabase database, SourceDatabase other) throws Exception {
        Process unknown = migrating(database, "localhost")
                .start(file("unknown").toFile(), file("unknown").toFile());
        Process wrong = trusting(migrating(other, "127.0.0.1"))
                .start(file("wrong").toFile(), file("wrong").toFile());

        assertRefused(unknown, "unknown", "localhost");
        assertRefused(wrong, "wrong", "127.0.0.1");
        try (var inspector = store.inspect(BUCKET)) {
            assertThat(inspector.keys()).isEmpty();
        }
    }

    private void assertRefused(Process run, String name, String host) throws Exception {
        assertEndsWith(3, run, name);
        assertThat(Files.readString(file(name)))
                .contains("lo-migrate: bucket nice-bin at " + secure(host)
                        + " cannot be written to: HeadBucket: TLS (SSL)"
                        + " negotiation failed; check --s3-url: this system does not trust the server's certificate,"
                        + " or it is for another host name");
    }

    private void assertEndsWith(int code, Process run, String name) throws Exception {
        assertThat(run.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(run.exitValue()).as(Files.readString(file(name))).isEqualTo(code);
    }

    private Path file(String name) {
        return temp.resolve(name);
    }

    private URI secure(String host) {
        return URI.create("https://" + host + ":" + store.secureEndpoint().getPort());
    }

    private Cli migrating(SourceDatabase database, String host) {
        return new Cli()
                .environment("LO_MIGRATE_PG_URL", database.url())
                .environment("LO_MIGRATE_ACCESS_KEY", store.accessKey())
                .environment("LO_MIGRATE_SECRET_KEY", store.secretKey())
                .arguments(List.of("--s3-url", secure(host).toString(), "--bucket", BUCKET))
                .arguments(List.of("--spill-dir", temp.toString(), "--upload-chunk-size", "5120"));
    }

    private Cli trusting(Cli cli) {
        return cli.environment("SSL_CERT_FILE", temp.resolve("server.crt").toString());
    }
}
