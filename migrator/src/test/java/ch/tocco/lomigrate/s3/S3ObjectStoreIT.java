package ch.tocco.lomigrate.s3;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.ObjectSettings;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.MemoryObjectStore;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.ObjectStoreContract;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoredObject;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.checks.BucketInspector;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.PlainBucket;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract on a server that verifies signatures and payload hashes, and what becomes of its refusals. */
@ExtendWith(Backends.class)
@Tag("slow")
final class S3ObjectStoreIT extends ObjectStoreContract {
    private static final byte[] CONTENT = {1, 2, 3};

    private S3Server server;
    private BucketInspector inspector;
    private S3ObjectStore store;
    private S3Config config;

    @BeforeEach
    void open(S3Server s3) {
        server = s3;
        String bucket = s3.createBucket();
        inspector = s3.inspect(bucket);
        config = config(s3.endpoint(), bucket, s3.secretKey());
        store = store(s3.endpoint(), bucket, s3.secretKey());
    }

    @AfterEach
    void close() {
        store.close();
        inspector.close();
    }

    private S3ObjectStore store(URI endpoint, String bucket, String secret) {
        return new S3ObjectStore(config(endpoint, bucket, secret), 4, FaultConfig.DEFAULT_REQUEST_TIMEOUT);
    }

    private S3Config config(URI endpoint, String bucket, String secret) {
        return PlainBucket.at(endpoint, bucket, server.accessKey(), secret);
    }

    @Override
    protected ObjectStore store() {
        return store;
    }

    @Override
    protected MemoryObjectStore.Stored stored(String key) {
        if (!inspector.keys().contains(key)) {
            return null;
        }
        var read = inspector.read(key);
        return new MemoryObjectStore.Stored(inspector.bytes(key), read.contentType(), read.metadata());
    }

    @Override
    protected List<String> openUploads() {
        return inspector.openUploads();
    }

    @Override
    protected String wrongBytes() {
        // S3Proxy does not say what it finds bad.
        return server.kind().equals("embedded") ? ": 400" : "XAmzContentSHA256Mismatch";
    }

    private static StoredObject object() {
        return new StoredObject(new ObjectKey("key"), sha256(CONTENT), "text/plain", Map.of());
    }

    /** What they are called at the wire is in {@link ObjectSettingsTest}: here the server verifies the signature. */
    @Test
    void objectsWithSettingsAreStoredWholeAndInParts() throws Exception {
        var settings = new ObjectSettings(
                Optional.of("STANDARD_IA"),
                Optional.of(new ObjectSettings.Encryption("AES256", Optional.empty())),
                Map.of("project", "a, b = c+ü"));
        try (var store = new S3ObjectStore(config.with(settings), 4, FaultConfig.DEFAULT_REQUEST_TIMEOUT)) {
            get(store.put(object(), Content.of(CONTENT)));
            assertThat(stored("key").bytes()).isEqualTo(CONTENT);
            var inParts = new StoredObject(new ObjectKey("parts"), sha256(CONTENT), "text/plain", Map.of());
            String id = get(store.beginMultipart(inParts));
            String etag = get(store.putPart(inParts, id, 1, Content.of(CONTENT), sha256(CONTENT)));
            get(store.completeMultipart(inParts, id, List.of(new ObjectStore.StoredPart(etag, sha256(CONTENT)))));
            assertThat(stored("parts").bytes()).isEqualTo(CONTENT);
        }
    }

    /** The heap has no room for a spill file that goes in one request. */
    @Test
    void contentIsReadPieceByPieceAsItIsSent() throws Exception {
        byte[] bytes = GeneratedContent.bytes(1, 16 << 20);
        Content all = Content.of(bytes);
        AtomicInteger largestPiece = new AtomicInteger();
        Content watched = new Content() {
            @Override
            public long length() {
                return all.length();
            }

            @Override
            public void read(long position, ByteBuffer into) throws IOException {
                largestPiece.accumulateAndGet(into.remaining(), Math::max);
                all.read(position, into);
            }
        };

        get(store.put(new StoredObject(new ObjectKey("key"), sha256(bytes), "text/plain", Map.of()), watched));

        assertThat(largestPiece.get()).isBetween(1, 1 << 20);
        assertThat(stored("key").bytes()).isEqualTo(bytes);
    }

    /** A JVM that exits while they are at work stands still for 0.3 to 1.3 seconds. */
    @Test
    void noNativeThreadIsLeftOnceTheStoreIsClosed() throws Exception {
        store.close();
        for (int i = 0; i < 20; i++) { // they may be quick
            try (ObjectStore another = store(server.endpoint(), server.createBucket(), server.secretKey())) {
                get(another.put(object(), Content.of(CONTENT)));
                assertThat(nativeThreads()).isNotEmpty();
            }
            assertThat(nativeThreads()).isEmpty();
        }
    }

    /** The names of the CRT's threads in this process, whichever client they belong to. */
    private static List<String> nativeThreads() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.map(S3ObjectStoreIT::nameOf)
                    .filter(name -> name.startsWith("Aws") || name.startsWith("EvntLoop"))
                    .toList();
        }
    }

    private static String nameOf(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException e) {
            return "ended meanwhile";
        }
    }

    private static StoreException failureOf(S3ObjectStore broken) throws Exception {
        try (broken) {
            return failure(broken.put(object(), Content.of(CONTENT)));
        }
    }

    @Test
    void wrongSecretEndsTheRun() throws Exception {
        var failure = failureOf(store(server.endpoint(), "any", "wrong"));
        assertThat(failure.kind()).isEqualTo(FaultKind.RUN);
        assertThat(failure).hasMessageContaining("SignatureDoesNotMatch").hasMessageNotContaining("wrong");
    }

    @Test
    void missingBucketEndsTheRun() throws Exception {
        var failure = failureOf(store(server.endpoint(), "no-such-bucket", server.secretKey()));
        assertThat(failure.kind()).isEqualTo(FaultKind.RUN);
        assertThat(failure).hasMessageContaining("NoSuchBucket");
    }

    @Test
    void refusedConnectionPasses() throws Exception {
        int port;
        try (var unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = unused.getLocalPort();
        }
        assertPassing(failureOf(store(URI.create("http://127.0.0.1:" + port), "any", "any")));
    }

    @Test
    void resetConnectionPasses() throws Exception {
        try (var listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            var resetting = new Thread(() -> resetAll(listener));
            resetting.start();
            assertPassing(failureOf(store(URI.create("http://127.0.0.1:" + listener.getLocalPort()), "any", "any")));
        }
    }

    private static void resetAll(ServerSocket listener) {
        try {
            while (true) {
                try (var socket = listener.accept()) {
                    socket.setSoLinger(true, 0);
                    socket.getInputStream().read();
                }
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private static void assertPassing(StoreException failure) {
        assertThat(failure.kind()).isEqualTo(FaultKind.PASSING);
        assertThat(failure.reason()).isEqualTo(FailureReason.UNAVAILABLE);
        assertThat(failure).hasMessageStartingWith("PUT: ");
        assertThat(failure.getMessage()).doesNotContain("\n");
    }

    @Test
    void cancelledRequestEndsAndPasses() throws Exception {
        try (var silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
                var waiting = store(URI.create("http://127.0.0.1:" + silent.getLocalPort()), "any", "any")) {
            var put = waiting.put(object(), Content.of(CONTENT));
            Await.stays(Duration.ofMillis(100), "no server answers", () -> !put.isDone());

            put.cancel(true);

            assertThat(failure(put).kind()).isEqualTo(FaultKind.PASSING);
        }
    }

    /** Seen of stores that speak S3 in part only. */
    @Test
    void listOfUploadsThatGoesOnNowhereEnds() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        String list = "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><Upload><Key>k</Key>"
                + "<UploadId>1</UploadId></Upload></ListMultipartUploadsResult>";
        byte[] answer = ("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: " + list.length()
                        + "\r\nConnection: close\r\n\r\n" + list)
                .getBytes(StandardCharsets.US_ASCII);
        try (var endless = ScriptedS3.start(request -> {
                    asked.incrementAndGet();
                    return answer;
                });
                var asking = store(endless.endpoint(), "bucket", "secret")) {
            var uploads = asking.listUploads("").get(60, TimeUnit.SECONDS);
            assertThat(uploads)
                    .singleElement()
                    .satisfies(upload -> assertThat(upload.begun()).isNull());
            assertThat(asked).hasValue(1);
        }
    }
}
