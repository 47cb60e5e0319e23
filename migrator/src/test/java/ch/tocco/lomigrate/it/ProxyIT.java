package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import ch.tocco.lomigrate.testkit.servers.SelfSignedCertificate;
import ch.tocco.lomigrate.testkit.wire.ForwardProxy;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole runs with {@code HTTP_PROXY} and its like in the environment. The store has a name that only the proxy knows, so
 * that a request that went there directly would fail.
 */
@ExtendWith(Backends.class)
@Timeout(300)
@Tag("slow")
final class ProxyIT {
    private static final String BUCKET = "nice-bin";
    private static final String HOST = "store.test";

    @TempDir
    private Path temp;

    private SourceDatabase database;
    private EmbeddedS3 store;
    private MigrationCheck check;

    @BeforeEach
    void start(SourceDatabase fresh) throws IOException, SQLException {
        SelfSignedCertificate.write(temp, "dns:" + HOST);
        store = EmbeddedS3.startSecure(temp);
        store.createBucket(BUCKET);
        database = fresh;
        database.fill(20, 1, seed -> 2000, "image/png");
        database.insertGenerated(100, (5 << 20) + 1, "video/mp4");
        check = MigrationCheck.before(database);
    }

    @AfterEach
    void stop() throws IOException {
        store.close();
    }

    private Cli migrating(String storeUrl) {
        return new Cli()
                .environment("LO_MIGRATE_PG_URL", database.url())
                .environment("LO_MIGRATE_ACCESS_KEY", store.accessKey())
                .environment("LO_MIGRATE_SECRET_KEY", store.secretKey())
                .environment("SSL_CERT_FILE", temp.resolve("server.crt").toString())
                .arguments(List.of("--s3-url", storeUrl, "--bucket", BUCKET, "--spill-dir", temp.toString()))
                .arguments(List.of("--upload-chunk-size", "5120", "--multipart-threshold", "0"))
                .arguments(List.of("--log-level", "trace", "--debug", "--outage-timeout", "1"));
    }

    private String plain() {
        return "http://" + HOST + ':' + store.endpoint().getPort();
    }

    private String secure() {
        return "https://" + HOST + ':' + store.secureEndpoint().getPort();
    }

    private static String url(ForwardProxy proxy) {
        return "http://127.0.0.1:" + proxy.port();
    }

    private static String withLogin(ForwardProxy proxy) {
        return "http://joe:" + URLEncoder.encode(Secrets.PASSWORD, StandardCharsets.UTF_8) + "@127.0.0.1:"
                + proxy.port();
    }

    private static Cli.Result run(int exitCode, Cli cli) throws Exception {
        Cli.Result result = cli.run(Duration.ofMinutes(2));
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(exitCode);
        return result;
    }

    private void assertComplete() throws SQLException {
        try (var inspector = store.inspect(BUCKET)) {
            assertThat(check.problems(inspector)).isEmpty();
        }
    }

    /** That they are there at all is shown by the run being complete; that each kind is, by this. */
    private static void assertAllKinds(List<String> asked, String storeUrl) {
        String bucket = storeUrl + '/' + BUCKET;
        assertThat(asked)
                .allMatch(request -> request.contains(" " + storeUrl + "/"))
                .anyMatch(request -> request.equals("HEAD " + bucket))
                .anyMatch(request -> request.startsWith("PUT " + bucket + "/lo-migrate-probe-"))
                .anyMatch(request -> request.startsWith("DELETE " + bucket + "/lo-migrate-probe-"))
                .anyMatch(request -> request.matches("GET .*[?&]uploads.*"))
                .anyMatch(request -> request.matches("PUT .*/[0-9a-f]{64}"))
                .anyMatch(request -> request.matches("POST .*/[0-9a-f]{64}[?]uploads.*"))
                .anyMatch(request -> request.matches("PUT .*/[0-9a-f]{64}[?]partNumber=2.*"))
                .anyMatch(request -> request.matches("POST .*/[0-9a-f]{64}[?]uploadId=.*"))
                .anyMatch(request -> request.matches("HEAD .*/[0-9a-f]{64}"));
    }

    @Test
    void allRequestsGoThroughItWithUserAndPassword() throws Exception {
        try (var proxy = ForwardProxy.start("joe", Secrets.PASSWORD)) {
            Cli.Result result = run(
                    0,
                    migrating(plain())
                            .environment("HTTP_PROXY", withLogin(proxy))
                            .environment("HTTPS_PROXY", "http://nowhere:1"));
            assertComplete();
            assertAllKinds(proxy.asked(), plain());
            assertThat(proxy.refused()).isEmpty();
            assertThat(result.stdout())
                    .containsPattern("\n    proxy +" + url(proxy) + " with a user \\(HTTP_PROXY\\)\n");
        }
    }

    @Test
    void tunnelsLeadToAStoreThatSpeaksTls() throws Exception {
        try (var proxy = ForwardProxy.start("joe", Secrets.PASSWORD)) {
            run(
                    0,
                    migrating(secure())
                            .environment("https_proxy", withLogin(proxy))
                            .environment("HTTP_PROXY", "http://nowhere:1"));
            assertComplete();
            assertThat(proxy.asked())
                    .isNotEmpty()
                    .containsOnly(
                            "CONNECT " + HOST + ':' + store.secureEndpoint().getPort());
            assertThat(proxy.refused()).isEmpty();
        }
    }

    @Test
    void noRequestGoesThroughItWhereTheStoreIsExcepted() throws Exception {
        try (var proxy = ForwardProxy.start()) {
            Cli.Result result = run(
                    0,
                    migrating(store.endpoint().toString())
                            .environment("HTTP_PROXY", url(proxy))
                            .environment("NO_PROXY", "example.com, 127.0.0.0/8"));
            assertComplete();
            assertThat(proxy.asked()).isEmpty();
            assertThat(result.stdout()).containsPattern("\n    proxy +none\n");
        }
    }

    @Test
    void wrongPasswordIsRefusedAtTheStartByName() throws Exception {
        try (var proxy = ForwardProxy.start("joe", "another")) {
            Cli.Result plain = run(3, migrating(plain()).environment("HTTP_PROXY", withLogin(proxy)));
            assertThat(plain.stderr())
                    .contains("PUT: 407; it goes through the proxy " + url(proxy) + " with a user (HTTP_PROXY): check");
            Cli.Result secure = run(3, migrating(secure()).environment("HTTPS_PROXY", withLogin(proxy)));
            assertThat(secure.stderr())
                    .contains("it goes through the proxy " + url(proxy) + " with a user (HTTPS_PROXY): check");
            assertThat(proxy.asked()).isEmpty();
        }
    }

    @Test
    void proxyThatIsNotThereIsRefusedAtTheStartByName() throws Exception {
        Cli.Result result = run(3, migrating(plain()).environment("HTTP_PROXY", "127.0.0.1:1"));
        assertThat(result.stderr())
                .contains("; it goes through the proxy http://127.0.0.1:1 (HTTP_PROXY): check that and NO_PROXY");
    }
}
