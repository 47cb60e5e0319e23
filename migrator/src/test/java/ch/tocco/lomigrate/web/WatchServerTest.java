package ch.tocco.lomigrate.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.watch.RunInFlight;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server tells and does nothing else, to those who name it by an address, whatever its clients do. */
@Timeout(120)
final class WatchServerTest {
    private static final Pattern CONTENT_LENGTH = Pattern.compile("Content-length: (\\d+)\r\n");
    private static final MigrationConfig.Watch.Address ANY_PORT = new MigrationConfig.Watch.Address("127.0.0.1", 0);

    private final RunInFlight run = new RunInFlight();
    private WatchServer server;

    @BeforeEach
    void start() throws RefusedException {
        server = WatchServer.start(ANY_PORT, run.migrates().watched);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Sends these bytes as they are: the JDK's client would not let a test choose the Host header. */
    private String send(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private String request(String method, String path) throws IOException {
        return send(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + server.port()
                + "\r\nOrigin: http://evil.example\r\nConnection: close\r\n\r\n");
    }

    @Test
    void metricsAreThere() throws IOException {
        run.counters.observed().done(5);
        assertThat(request("GET", "/metrics"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("Content-type: text/plain; version=0.0.4")
                .contains("\nlo_migrate_processed_objects_total{stage=\"observer\"} 1.0\n");
    }

    @Test
    void healthIsFineWhileTheRunIsPausedAndWhileItWaits() throws Exception {
        run.control.gate().close("pause file", "x");
        RunInFlight.away(run.store, "503");
        assertThat(request("GET", "/healthz")).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nok\n");
    }

    @Test
    void livePageComesWithItsPolicy() throws IOException {
        assertThat(request("GET", "/"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("Content-security-policy: default-src 'none'; style-src 'sha256-")
                .contains("\r\n\r\n<!DOCTYPE html>");
    }

    @Test
    void statusIsJsonAndHasItsHistoryOnRequest() throws IOException {
        assertThat(request("GET", "/status.json"))
                .contains("Content-type: application/json\r\n")
                .contains("\"phase\":\"migrating\"")
                .doesNotContain("\"history\"");
        assertThat(request("GET", "/status.json?history")).contains("\"history\":{\"names\":[\"ms\",");
    }

    @Test
    void headHasNoBody() throws IOException {
        assertThat(request("HEAD", "/healthz"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("Content-length: 3\r\n")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics/", "/metrics.php", "/stop", "/%2e%2e/etc/passwd", "/favicon.ico"})
    void unknownPathsAreNotFound(String path) throws IOException {
        assertThat(request("GET", path)).startsWith("HTTP/1.1 404 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "NONSENSE"})
    void otherMethodsAreRefused(String method) throws IOException {
        assertThat(request(method, "/metrics")).startsWith("HTTP/1.1 405 ").contains("Allow: GET, HEAD\r\n");
    }

    @Test
    void pagesOfOtherSitesMayNotReadIt() throws IOException {
        assertThat(request("GET", "/metrics").toLowerCase(Locale.ROOT))
                .doesNotContain("access-control-")
                .contains("cross-origin-resource-policy: same-origin\r\n")
                .contains("x-content-type-options: nosniff\r\n");
    }

    @Test
    void requestsThatNameAnotherHostAreRefused() throws IOException {
        assertThat(send("GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ")
                .doesNotContain("lo_migrate");
        assertThat(send("GET /metrics HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 403 ");
        assertThat(send("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .doesNotContain("lo_migrate");
    }

    @Test
    void portThatIsTakenRefusesAndNamesFlagAndRemedy() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            MigrationConfig.Watch.Address address =
                    new MigrationConfig.Watch.Address("127.0.0.1", taken.getLocalPort());
            assertThatThrownBy(() -> WatchServer.start(address, run.watched))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("--metrics-addr " + address + " cannot be listened on: Address already in use;"
                            + " name another port, or 0 for any that is free");
        }
    }

    @Test
    void hostThatDoesNotExistRefuses() {
        assertThatThrownBy(() ->
                        WatchServer.start(new MigrationConfig.Watch.Address("no.such.host.invalid", 0), run.watched))
                .isInstanceOf(RefusedException.class)
                .hasMessage("--metrics-addr no.such.host.invalid:0: there is no host of that name");
    }

    /** Clients that begin a request and never end it hold all threads; their time ends. */
    @Test
    void slowClientsKeepOthersWaitingOnlyForAWhile() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                OutputStream out = socket.getOutputStream();
                out.write("GET /metrics HTTP/1.1\r\nHost: local".getBytes(US_ASCII));
                out.flush();
                slow.add(socket);
            }
            Await.until(Duration.ofSeconds(90), "an answer", this::isHealthy);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    private boolean isHealthy() {
        try {
            return request("GET", "/healthz").endsWith("ok\n");
        } catch (IOException dropped) {
            return false;
        }
    }

    @Test
    void threadsAreBounded() throws Exception {
        for (int i = 0; i < 50; i++) {
            request("GET", "/healthz");
        }
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("web-"))
                        .filter(Thread::isAlive)
                        .count())
                .isLessThanOrEqualTo(8); // those of the server of the test before may be ending
    }

    /**
     * Files and threads after many scrapes, and what one costs; {@code -Dlo.migrate.test.scrapes} says how many. CPU time is
     * printed, and bounded far above what it takes on any machine.
     */
    @Test
    void manyScrapesLeakNothingAndOneCostsLittle() throws Exception {
        int scrapes = Integer.getInteger("lo.migrate.test.scrapes", 500);
        request("GET", "/metrics");
        long files = openFiles();
        int threads = Thread.activeCount();
        for (int i = 0; i < scrapes / 2; i++) {
            request("GET", "/metrics");
        }
        long warm = cpuNanos();
        for (int i = 0; i < scrapes - scrapes / 2; i++) {
            request("GET", "/metrics");
        }
        long each = (cpuNanos() - warm) / (scrapes - scrapes / 2);
        System.out.printf("the last %d of %d scrapes took %d us of CPU each%n", scrapes / 2, scrapes, each / 1000);
        assertThat(each).isLessThan(Duration.ofMillis(20).toNanos());
        Await.until(Duration.ofSeconds(20), "connections are closed", () -> openFiles() <= files + 3);
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 4);
    }

    /** As a monitoring system asks: request after request on one connection. */
    @Test
    void manyScrapesOnOneConnectionCostLittle() throws Exception {
        int scrapes = Integer.getInteger("lo.migrate.test.scrapes", 500);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            for (int i = 0; i < scrapes / 2; i++) {
                scrape(socket);
            }
            long warm = cpuNanos();
            for (int i = 0; i < scrapes - scrapes / 2; i++) {
                scrape(socket);
            }
            long each = (cpuNanos() - warm) / (scrapes - scrapes / 2);
            System.out.printf(
                    "the last %d of %d scrapes on one connection took %d us of CPU each%n",
                    scrapes / 2, scrapes, each / 1000);
            assertThat(each).isLessThan(Duration.ofMillis(20).toNanos());
        }
    }

    private void scrape(Socket kept) throws IOException {
        String request = "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n";
        kept.getOutputStream().write(request.getBytes(US_ASCII));
        kept.getOutputStream().flush();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = kept.getInputStream().read();
            assertThat(next).as("connection is kept").isNotNegative();
            head.append((char) next);
        }
        Matcher length = CONTENT_LENGTH.matcher(head);
        assertThat(length.find()).as(head.toString()).isTrue();
        assertThat(kept.getInputStream().readNBytes(Integer.parseInt(length.group(1))))
                .asString()
                .contains("lo_migrate_processed_objects_total");
    }

    /** Of the threads that serve, those that accept connections included. */
    private static long cpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread.getName().startsWith("web-") || thread.getName().startsWith("HTTP-Dispatcher"))
                .mapToLong(thread -> Math.max(0, threads.getThreadCpuTime(thread.getId())))
                .sum();
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void afterItIsClosedThePortIsFree() throws Exception {
        server.close();
        Await.until(Duration.ofSeconds(20), "free", () -> {
            try (ServerSocket again = new ServerSocket(server.port(), 1, InetAddress.getLoopbackAddress())) {
                return again.isBound();
            } catch (IOException e) {
                return false;
            }
        });
    }
}
