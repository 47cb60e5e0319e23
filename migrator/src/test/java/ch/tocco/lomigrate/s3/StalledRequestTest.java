package ch.tocco.lomigrate.s3;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.ObjectKey;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoredObject;
import ch.tocco.lomigrate.testkit.servers.PlainBucket;
import ch.tocco.lomigrate.testkit.wire.RawServer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A request ends when nothing moves for too long, and no sooner, however long it takes. */
@Tag("slow")
@Timeout(120)
final class StalledRequestTest {
    private static final String HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final StoredObject OBJECT = new StoredObject(new ObjectKey(HASH), HASH, "a/b", Map.of());
    private static final byte[] STORED =
            "HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII);

    private final AtomicInteger connections = new AtomicInteger();

    private RawServer server(RawServer.Conversation conversation) throws IOException {
        return RawServer.start((from, to) -> {
            connections.incrementAndGet();
            conversation.hold(from, to);
        });
    }

    private static S3ObjectStore store(RawServer server, Duration stalled) {
        var config = PlainBucket.at(URI.create("http://127.0.0.1:" + server.port()), "bucket", "a", "b");
        return new S3ObjectStore(config, 4, stalled);
    }

    private static StoreException failure(CompletableFuture<?> request) {
        return (StoreException) catchThrowableOfType(ExecutionException.class, () -> request.get(60, TimeUnit.SECONDS))
                .getCause();
    }

    private static void readHead(InputStream from) throws IOException {
        var last = new StringBuilder();
        while (last.indexOf("\r\n\r\n") < 0) {
            int next = from.read();
            if (next < 0) {
                throw new IOException("the client has closed the connection");
            }
            last.append((char) next);
        }
    }

    private static void rest(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }

    @Test
    void serverThatSaysNothingIsGivenUp() throws Exception {
        try (var server = server((from, to) -> from.readAllBytes());
                var store = store(server, Duration.ofSeconds(2))) {
            long begun = System.nanoTime();
            var put = store.put(OBJECT, Content.of(new byte[10]));
            var head = store.headBucket();
            StoreException failure = failure(put);
            assertThat(System.nanoTime() - begun)
                    .isGreaterThan(Duration.ofSeconds(2).toNanos());
            assertThat(failure).hasMessage("PUT: nothing moved for 2 s");
            assertThat(failure.kind()).isEqualTo(FaultKind.PASSING);
            assertThat(failure(head)).hasMessageEndingWith(": nothing moved for 2 s");
            assertThat(connections).as("a stalled request is not sent again").hasValue(2);
        }
    }

    /** The silence begins when nothing moves any more, not when the request begins. */
    @Test
    void serverThatTakesTheContentSlowlyIsWaitedFor() throws Exception {
        long length = 32L << 20;
        try (var server = server((from, to) -> takeSlowly(from, to, length));
                var store = store(server, Duration.ofSeconds(4))) {
            long begun = System.nanoTime();
            assertThat(store.put(OBJECT, zeros(length)).get(100, TimeUnit.SECONDS))
                    .isEqualTo("\"x\"");
            assertThat(System.nanoTime() - begun)
                    .isGreaterThan(Duration.ofSeconds(6).toNanos());
        }
    }

    private static void takeSlowly(InputStream from, OutputStream to, long length) throws IOException {
        var buffered = new BufferedInputStream(from, 1);
        readHead(buffered);
        byte[] piece = new byte[1 << 20];
        for (long left = length; left > 0; left -= piece.length) {
            assertThat(buffered.readNBytes(piece, 0, piece.length)).isEqualTo(piece.length);
            rest(Duration.ofMillis(220));
        }
        to.write(STORED);
    }

    private static Content zeros(long length) {
        return new Content() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public void read(long position, ByteBuffer into) {
                into.position(into.position() + (int) Math.min(into.remaining(), length - position));
            }
        };
    }

    @Test
    void answerThatComesByteAfterByteIsReadToItsEnd() throws Exception {
        try (var server = server((from, to) -> {
                    readHead(from);
                    to.write("HTTP/1.1 403 No\r\nContent-Length: 40\r\n\r\n".getBytes(US_ASCII));
                    for (byte letter : "<Error><Code>AccessDenied</Code></Error>".getBytes(US_ASCII)) {
                        to.write(letter);
                        to.flush();
                        rest(Duration.ofMillis(150));
                    }
                });
                var store = store(server, Duration.ofSeconds(2))) {
            assertThat(failure(store.put(OBJECT, Content.of(new byte[10])))).hasMessage("PUT: 403 AccessDenied");
        }
    }
}
