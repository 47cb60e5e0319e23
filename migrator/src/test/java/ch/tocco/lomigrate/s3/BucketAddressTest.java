package ch.tocco.lomigrate.s3;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.http.Connections;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.StoredObject;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import ch.tocco.lomigrate.testkit.wire.RawServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;

/** Where a request says that its bucket is, on the wire: {@code --virtual-hosted} and without it. */
@Timeout(60)
final class BucketAddressTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String KEY = "0".repeat(64);
    private static final StoredObject OBJECT = new StoredObject(new ObjectKey(KEY), KEY, "text/plain", Map.of());

    /** Request line and host of each request. */
    private final LinkedBlockingQueue<List<String>> asked = new LinkedBlockingQueue<>();

    private RawServer server;

    @BeforeEach
    void start() throws IOException {
        server = RawServer.start(this::answer);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private void answer(InputStream from, OutputStream to) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = from.read();
            if (next < 0) {
                return;
            }
            head.append((char) next);
        }
        List<String> lines = head.toString().lines().toList();
        String host = lines.stream()
                .filter(line -> line.regionMatches(true, 0, "host:", 0, 5))
                .map(line -> line.substring(5).strip())
                .findFirst()
                .orElse("");
        asked.add(List.of(lines.get(0), host));
        to.write("HTTP/1.1 200 OK\r\nETag: \"x\"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    }

    /** A store of a name that no resolver needs to know: the connections are made to the server of the test. */
    private S3Config config(boolean virtualHosted) {
        return config(virtualHosted, "", "nice-bin");
    }

    private S3Config config(boolean virtualHosted, String path, String bucket) {
        return new S3Config(
                URI.create("http://s3.test:" + server.port() + path),
                S3Config.DEFAULT_REGION,
                bucket,
                Optional.of(new S3Config.Keys("access", Secrets.SECRET_KEY)),
                virtualHosted,
                S3Config.DEFAULT_MULTIPART_THRESHOLD,
                S3Config.DEFAULT_PART_SIZE);
    }

    private List<String> asked() throws InterruptedException {
        return asked.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @ParameterizedTest(name = "--virtual-hosted: {0}")
    @CsvSource({"true, nice-bin.s3.test, /", "false, s3.test, /nice-bin/"})
    void ofPlainRequestsIsInTheHostNameOrThePath(boolean virtualHosted, String host, String path) throws Exception {
        S3Config config = config(virtualHosted);
        URI here = URI.create("http://127.0.0.1:" + server.port());
        try (var connections = new Connections(here, 1, PATIENCE, PATIENCE, Optional.empty(), Optional.empty())) {
            URI bucket = S3Clients.bucketUrl(config);
            assertThat(bucket.getHost()).as("the host that is connected to").isEqualTo(host);
            var requests = new S3Requests(
                    bucket, config.region(), S3Clients.credentials(config), connections, config.settings());
            requests.put(OBJECT, Content.of(new byte[] {1})).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            requests.head(KEY).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            requests.delete(KEY).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            requests.headBucket().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            requests.listUploads("p/", null).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            requests.listUploads("", new UploadsPage.End("a b", "1")).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        String bucketPath = virtualHosted ? "/" : path.substring(0, path.length() - 1);
        for (String line : List.of(
                "PUT " + path + KEY,
                "HEAD " + path + KEY,
                "DELETE " + path + KEY,
                "HEAD " + bucketPath,
                "GET " + bucketPath + "?prefix=p%2F&uploads=",
                "GET " + bucketPath + "?key-marker=a%20b&upload-id-marker=1&uploads=")) {
            assertThat(asked()).containsExactly(line + " HTTP/1.1", host + ":" + server.port());
        }
    }

    @ParameterizedTest(name = "--virtual-hosted: {0}")
    @CsvSource({"true, nice-bin.s3.test, /", "false, s3.test, /nice-bin/"})
    void ofTheSdksRequestsIsInTheHostNameOrThePath(boolean virtualHosted, String host, String path) throws Exception {
        S3Config config = config(virtualHosted);
        try (var http = new Here(S3Clients.http(1, PATIENCE, Optional.empty(), Optional.empty()));
                var client = S3Clients.create(config, S3Clients.credentials(config), http)) {
            client.headObject(head -> head.bucket("nice-bin").key(KEY)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(asked()).containsExactly("HEAD " + path + KEY + " HTTP/1.1", host + ":" + server.port());
    }

    @ParameterizedTest
    @CsvSource({
        "/s3, nice-bin, /s3/nice-bin/",
        "/s3/, nice-bin, /s3/nice-bin/",
        "'', Photos, /Photos/",
        "'', Test_bucket, /Test_bucket/",
        "'', tenant:bucket, /tenant%3Abucket/",
        "'', 10.0.0.1, /10.0.0.1/"
    })
    void pathOfTheEndpointAndOddBucketAreTheSameForAllRequests(String path, String bucket, String shown)
            throws Exception {
        S3Config config = config(false, path, bucket);
        URI here = URI.create("http://127.0.0.1:" + server.port());
        String host = "s3.test:" + server.port();
        try (var connections = new Connections(here, 1, PATIENCE, PATIENCE, Optional.empty(), Optional.empty());
                var http = new Here(S3Clients.http(1, PATIENCE, Optional.empty(), Optional.empty()));
                var client = S3Clients.create(config, S3Clients.credentials(config), http)) {
            new S3Requests(
                            S3Clients.bucketUrl(config),
                            config.region(),
                            S3Clients.credentials(config),
                            connections,
                            config.settings())
                    .put(OBJECT, Content.of(new byte[] {1}))
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(asked()).containsExactly("PUT " + shown + KEY + " HTTP/1.1", host);
            client.headObject(head -> head.bucket(bucket).key(KEY)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(asked()).containsExactly("HEAD " + shown + KEY + " HTTP/1.1", host);
        }
    }

    /** Connects to this machine whatever the host is, and says nothing of that to the server. */
    private record Here(SdkAsyncHttpClient client) implements SdkAsyncHttpClient {
        @Override
        public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
            return client.execute(AsyncExecuteRequest.builder()
                    .request(request.request().copy(changed -> changed.host("127.0.0.1")))
                    .requestContentPublisher(request.requestContentPublisher())
                    .responseHandler(request.responseHandler())
                    .fullDuplex(request.fullDuplex())
                    .build());
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
