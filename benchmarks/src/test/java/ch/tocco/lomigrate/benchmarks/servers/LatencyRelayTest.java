package ch.tocco.lomigrate.benchmarks.servers;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LatencyRelayTest {
    private static final Duration DELAY = Duration.ofMillis(30);

    private ServerSocket server;
    private Future<Void> echo;

    /** A server that sends back what it gets, for one connection. */
    @BeforeEach
    void startEcho() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var task = new FutureTask<Void>(() -> {
            try (Socket client = server.accept()) {
                client.getInputStream().transferTo(client.getOutputStream());
            }
            return null;
        });
        new Thread(task, "echo").start();
        echo = task;
    }

    @AfterEach
    void stopEcho() throws IOException {
        server.close();
    }

    @Test
    void delaysEachWay() throws IOException {
        try (var relay = LatencyRelay.start(server.getLocalPort(), DELAY);
                var client = new Socket(InetAddress.getLoopbackAddress(), relay.port())) {
            for (int i = 0; i < 3; i++) {
                long start = System.nanoTime();
                client.getOutputStream().write(i);
                assertThat(client.getInputStream().read()).isEqualTo(i);
                Duration roundTrip = Duration.ofNanos(System.nanoTime() - start);
                assertThat(roundTrip).isGreaterThanOrEqualTo(DELAY.multipliedBy(2));
            }
        }
    }

    @Test
    void keepsManyBytesUnderWayAndInOrder() throws Exception {
        int size = 8 << 20;
        try (var relay = LatencyRelay.start(server.getLocalPort(), DELAY);
                var client = new Socket(InetAddress.getLoopbackAddress(), relay.port())) {
            long start = System.nanoTime();
            var sending = CompletableFuture.runAsync(() -> send(client, new GeneratedContent(1, size)));
            byte[] received = client.getInputStream().readNBytes(size);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            sending.get();

            assertThat(received).isEqualTo(GeneratedContent.bytes(1, size));
            // One piece per round trip would take 128 of them.
            assertThat(took).isLessThan(DELAY.multipliedBy(2 * 64));
        }
    }

    @Test
    void passesTheEndOn() throws IOException, InterruptedException, ExecutionException {
        try (var relay = LatencyRelay.start(server.getLocalPort(), DELAY);
                var client = new Socket(InetAddress.getLoopbackAddress(), relay.port())) {
            client.getOutputStream().write(1);
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).containsExactly(1);
            echo.get();
        }
    }

    private static void send(Socket to, InputStream content) {
        try {
            OutputStream out = to.getOutputStream();
            content.transferTo(out);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
