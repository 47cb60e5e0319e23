package ch.tocco.lomigrate.benchmarks.servers;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.s3.S3ObjectStore;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.ObjectStore.StoredPart;
import ch.tocco.lomigrate.store.StoredObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PutSinkTest {
    private static final String SHA = "0123456789abcdef".repeat(4);
    private static final StoredObject OBJECT = new StoredObject(new ObjectKey(SHA), SHA, "text/plain", Map.of());

    private static S3ObjectStore storeFor(PutSink sink) {
        var keys = Optional.of(new S3Config.Keys("access", "secret"));
        var config = new S3Config(
                sink.endpoint(),
                "us-east-1",
                "bucket",
                keys,
                false,
                S3Config.DEFAULT_MULTIPART_THRESHOLD,
                S3Config.DEFAULT_PART_SIZE);
        return new S3ObjectStore(config, 8, FaultConfig.DEFAULT_REQUEST_TIMEOUT);
    }

    @Test
    void takesManyObjectsOfTheToolAtOnce() throws IOException {
        try (var sink = PutSink.start(Duration.ZERO);
                var store = storeFor(sink)) {
            var puts = new ArrayList<CompletableFuture<?>>();
            for (int i = 0; i < 100; i++) {
                puts.add(store.put(OBJECT, Content.of(new byte[i * 1000])));
            }
            puts.forEach(CompletableFuture::join);

            assertThat(sink.store().objects()).isEqualTo(100);
            assertThat(sink.store().bytes()).isEqualTo(99 * 100 / 2 * 1000);
        }
    }

    @Test
    void doesNotCountProbes() throws IOException {
        try (var sink = PutSink.start(Duration.ZERO);
                var store = storeFor(sink)) {
            store.put(new StoredObject(new ObjectKey("probe"), SHA, "text/plain", Map.of()), Content.of(new byte[1]))
                    .join();
            store.delete("probe").join();

            assertThat(sink.store().objects()).isZero();
        }
    }

    @Test
    void knowsTheLengthOfAMultipartUpload() throws IOException {
        try (var sink = PutSink.start(Duration.ZERO);
                var store = storeFor(sink)) {
            String upload = store.beginMultipart(OBJECT).join();
            String first = store.putPart(OBJECT, upload, 1, Content.of(new byte[5 << 20]), SHA)
                    .join();
            String second = store.putPart(OBJECT, upload, 2, Content.of(new byte[77]), SHA)
                    .join();
            store.completeMultipart(OBJECT, upload, List.of(new StoredPart(first, SHA), new StoredPart(second, SHA)))
                    .join();

            assertThat(store.length(OBJECT).join()).isEqualTo((5 << 20) + 77);
            assertThat(sink.store().objects()).isOne();
        }
    }

    @Test
    void holdsAnswersBack() throws IOException {
        try (var sink = PutSink.start(Duration.ofMillis(40));
                var store = storeFor(sink)) {
            long start = System.nanoTime();
            store.put(OBJECT, Content.of(new byte[10])).join();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(39));
        }
    }

    @Test
    void answersRequestsThatComeInPieces() throws IOException, InterruptedException {
        try (var sink = PutSink.start(Duration.ZERO);
                var socket = new Socket(InetAddress.getLoopbackAddress(), sink.port())) {
            String request = "PUT /b/" + SHA + " HTTP/1.1\r\nHost: x\r\ncontent-LENGTH: 3\r\n\r\nabc";
            for (String piece : request.split("(?<=H|\r|a)", -1)) {
                socket.getOutputStream().write(piece.getBytes(StandardCharsets.US_ASCII));
                Thread.sleep(2);
            }
            assertThat(new String(socket.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200 OK");
            assertThat(sink.store().objects()).isOne();
        }
    }

    @Test
    void asksForTheBodyOfAClientThatWaits() throws IOException {
        try (var sink = PutSink.start(Duration.ZERO);
                var socket = new Socket(InetAddress.getLoopbackAddress(), sink.port())) {
            String header = "PUT /b/k HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
            socket.getOutputStream().write(header.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(25), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");

            socket.getOutputStream().write("abc".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200 OK");
        }
    }
}
