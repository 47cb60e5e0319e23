package ch.tocco.lomigrate.s3;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.config.CaBundle;
import ch.tocco.lomigrate.config.ObjectSettings;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.ObjectStore.StoredPart;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoredObject;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import ch.tocco.lomigrate.testkit.servers.PlainBucket;
import ch.tocco.lomigrate.testkit.servers.SelfSignedCertificate;
import ch.tocco.lomigrate.testkit.wire.RawServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/** All clients believe a server whose certificate an authority of {@code --ca-bundle} made, and no other. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("slow")
final class TrustedHttpTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PART = 5 << 20;

    @TempDir
    private Path directory;

    private EmbeddedS3 server;
    private CaBundle authorities;
    private CaBundle others;

    @BeforeEach
    void start() throws Exception {
        Path unrelated = Files.createDirectory(directory.resolve("unrelated"));
        SelfSignedCertificate.write(directory, "dns:localhost");
        SelfSignedCertificate.write(unrelated, "dns:localhost", "unrelated");
        String foreign = Files.readString(unrelated.resolve("server.crt"));
        others = CaBundle.read(unrelated.resolve("server.crt"));
        authorities = CaBundle.read(Files.writeString(
                directory.resolve("bundle.pem"),
                "# two\n" + foreign + "# ours\n" + Files.readString(directory.resolve("server.crt"))));
        server = EmbeddedS3.startSecure(directory);
        server.createBucket("bucket");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private S3ObjectStore store(CaBundle trusted) {
        return new S3ObjectStore(
                new S3Config(
                        server.secureEndpoint(),
                        S3Config.DEFAULT_REGION,
                        "bucket",
                        Optional.of(new S3Config.Keys(server.accessKey(), server.secretKey())),
                        false,
                        S3Config.DEFAULT_MULTIPART_THRESHOLD,
                        S3Config.DEFAULT_PART_SIZE,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(trusted),
                        ObjectSettings.OF_THE_BUCKET),
                4,
                PATIENCE);
    }

    private static <T> T get(CompletableFuture<T> request) throws Exception {
        return request.get(60, TimeUnit.SECONDS);
    }

    @Test
    void everyKindOfRequestWorksWhereTheAuthorityIsInTheBundle() throws Exception {
        byte[] first = GeneratedContent.bytes(1, PART);
        byte[] last = {1, 2, 3};
        String firstHash = Digests.of(first).sha256();
        String lastHash = Digests.of(last).sha256();
        var object = new StoredObject(new ObjectKey("a key/ü"), lastHash, "text/plain", Map.of("oid", "1"));
        try (var store = store(authorities)) {
            get(store.headBucket());
            get(store.put(object, Content.of(last)));
            assertThat(get(store.find(object)).orElseThrow().length()).isEqualTo(3);
            String id = get(store.beginMultipart(object));
            String one = get(store.putPart(object, id, 1, Content.of(first), firstHash));
            assertThat(get(store.listUploads("")))
                    .singleElement()
                    .satisfies(upload -> assertThat(upload.uploadId()).isEqualTo(id));
            String two = get(store.putPart(object, id, 2, Content.of(last), lastHash));
            get(store.completeMultipart(
                    object, id, List.of(new StoredPart(one, firstHash), new StoredPart(two, lastHash))));
            assertThat(get(store.length(object))).isEqualTo(PART + 3L);
            get(store.abortMultipart("a key/ü", get(store.beginMultipart(object))));
            get(store.delete("a key/ü"));
            assertThat(get(store.find(object))).isEmpty();
        }
    }

    @Test
    void noRequestIsSentWhereItIsNot() {
        try (var store = store(others)) {
            var object = new StoredObject(
                    new ObjectKey("key"), Digests.of(new byte[1]).sha256(), "a/b", Map.of());
            // at the same time: the library tells of a failed handshake 10 to 30 s later, so that its time tells
            // nothing
            var requests = List.of(store.headBucket(), store.delete("key"), store.put(object, Content.of(new byte[1])));
            assertThat(requests).allSatisfy(TrustedHttpTest::assertNotTrusted);
        }
    }

    private static void assertNotTrusted(CompletableFuture<?> request) {
        assertThatThrownBy(() -> get(request))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(StoreException.class)
                .satisfies(e -> assertThat(((StoreException) e).answer()).isEqualTo(StoreException.Answer.NO_TLS));
    }

    @Test
    void clientThatWaitsForItsAnswersBelievesTheSame() throws Exception {
        assertThat(anonymousGet(authorities)).isEqualTo(403);
        assertThatThrownBy(() -> anonymousGet(others)).isInstanceOf(IOException.class);
    }

    private int anonymousGet(CaBundle trusted) throws Exception {
        try (var client = new TrustedHttp(1, PATIENCE, Optional.empty(), trusted).blocking()) {
            return anonymousGet(client, server.secureEndpoint());
        }
    }

    private static int anonymousGet(SdkHttpClient client, URI from) throws Exception {
        var request = SdkHttpRequest.builder()
                .uri(from)
                .encodedPath("/bucket")
                .method(SdkHttpMethod.GET)
                .build();
        var answer = client.prepareRequest(
                        HttpExecuteRequest.builder().request(request).build())
                .call();
        assertThat(answer.responseBody().orElseThrow().readAllBytes()).isNotEmpty();
        return answer.httpResponse().statusCode();
    }

    @Test
    void requestsAreAnsweredThoughTheServerClosesKeptConnectionsWithoutAWord() throws Exception {
        byte[] answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(US_ASCII);
        try (var closing = RawServer.start((from, to) -> {
                    var head = new BufferedReader(new InputStreamReader(from, US_ASCII));
                    while (!head.readLine().isEmpty()) {
                        // the rest of the head
                    }
                    to.write(answer);
                });
                var client = new TrustedHttp(1, PATIENCE, Optional.empty(), authorities).blocking()) {
            URI endpoint = URI.create("http://127.0.0.1:" + closing.port());
            for (int i = 0; i < 5; i++) {
                assertThat(anonymousGet(client, endpoint)).isEqualTo(200);
            }
        }
    }

    @Test
    void requestThatIsGivenUpEnds() throws Exception {
        try (var silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
                var http = new TrustedHttp(1, PATIENCE, Optional.empty(), authorities).async()) {
            S3Config config = config(URI.create("http://127.0.0.1:" + silent.getLocalPort()));
            var client = S3Clients.create(config, S3Clients.credentials(config), http);
            var head = client.headBucket(bucket -> bucket.bucket("bucket"));
            try (var taken = silent.accept()) {
                taken.getInputStream().read();
                head.cancel(true);
                // the connection is closed, as its request was cancelled in the middle
                taken.getInputStream().readAllBytes();
            }
            assertThat(head).isCancelled();
            client.close();
        }
    }

    private static S3Config config(URI endpoint) {
        return PlainBucket.at(endpoint, "bucket", "a", "b");
    }
}
