package ch.tocco.lomigrate.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.metrics.Metrics;
import ch.tocco.lomigrate.watch.Page;
import ch.tocco.lomigrate.watch.StatusJson;
import ch.tocco.lomigrate.watch.Watched;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Tells over HTTP how a run goes: {@code /metrics} for Prometheus, a live page at {@code /}, its numbers
 * at {@code /status.json}, and {@code /healthz}. It answers GET and HEAD and changes
 * nothing. Slow or many clients cost four threads and some connections, never the run. Begin with {@link #start}.
 */
public final class WatchServer implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(WatchServer.class);
    private static final int THREADS = 4;

    /** Requests that wait for a thread; a further one is dropped, and its connection with it when its time is over. */
    private static final int WAITING = 64;

    private static final int BACKLOG = 32;
    private static final Duration LONGEST_REQUEST = Duration.ofSeconds(5);
    private static final int MOST_CONNECTIONS = 128;

    private static final int OK = 200;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int FAILED = 500;
    private static final String TEXT = "text/plain; charset=utf-8";

    private final HttpServer http;
    private final ThreadPoolExecutor threads;
    private final HostRule hosts;
    private final Watched run;
    private final Metrics metrics;

    /** What is sent back. */
    @SuppressWarnings("ArrayRecordComponent") // made once, written once
    private record Answer(int status, String contentType, byte[] body) {
        static Answer text(int status, String text) {
            return new Answer(status, TEXT, (text + "\n").getBytes(UTF_8));
        }
    }

    private WatchServer(HttpServer http, String host, Watched run) {
        this.http = http;
        this.hosts = new HostRule(host);
        this.run = run;
        this.metrics = new Metrics(run);
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                work -> {
                    Thread thread = new Thread(work, "web-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
    }

    /** Listens from now on until it is closed. */
    public static WatchServer start(MigrationConfig.Watch.Address address, Watched run) throws RefusedException {
        setUpServer();
        InetSocketAddress where = new InetSocketAddress(address.host(), address.port());
        if (where.isUnresolved()) {
            throw new RefusedException("--metrics-addr " + address + ": there is no host of that name");
        }
        WatchServer server = new WatchServer(listen(address, where), address.host(), run);
        server.http.createContext("/", server::handle);
        server.http.setExecutor(server.threads);
        server.http.start();
        LOG.info(
                "watch this run at http://{}/ or its metrics at /metrics",
                new MigrationConfig.Watch.Address(address.host(), server.port()));
        if (!where.getAddress().isLoopbackAddress()) {
            LOG.warn("--metrics-addr {}: readable by anyone who reaches it", address);
        }
        return server;
    }

    /**
     * The JDK's server reads these properties once; what the user has set holds. Without the last one, an answer on a connection
     * that is kept comes 40 ms late: its end waits for the client's delayed acknowledgement of its head.
     */
    private static void setUpServer() {
        String seconds = Long.toString(LONGEST_REQUEST.toSeconds());
        setIfAbsent("sun.net.httpserver.maxReqTime", seconds);
        setIfAbsent("sun.net.httpserver.maxRspTime", seconds);
        setIfAbsent("sun.net.httpserver.idleInterval", Long.toString(6 * LONGEST_REQUEST.toSeconds()));
        setIfAbsent("jdk.httpserver.maxConnections", Integer.toString(MOST_CONNECTIONS));
        setIfAbsent("sun.net.httpserver.nodelay", "true");
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static HttpServer listen(MigrationConfig.Watch.Address address, InetSocketAddress where)
            throws RefusedException {
        try {
            return HttpServer.create(where, BACKLOG);
        } catch (IOException e) {
            throw new RefusedException(
                    "--metrics-addr " + address + " cannot be listened on: " + e.getMessage()
                            + "; name another port, or 0 for any that is free",
                    e);
        }
    }

    /** Where it listens: the port that was given, or the one that was picked. */
    public int port() {
        return http.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            Headers headers = exchange.getResponseHeaders();
            headers.set("Content-Type", answer.contentType());
            headers.set("Cache-Control", "no-store");
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Content-Security-Policy", Page.livePolicy());
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("Cross-Origin-Resource-Policy", "same-origin");
            if (answer.status() == NOT_ALLOWED) {
                headers.set("Allow", "GET, HEAD");
            }
            if (head) {
                headers.set("Content-Length", Integer.toString(answer.body().length));
            }
            exchange.sendResponseHeaders(answer.status(), head ? -1 : answer.body().length);
            if (!head) {
                exchange.getResponseBody().write(answer.body());
            }
        }
    }

    private Answer answer(HttpExchange exchange) {
        if (!hosts.allows(exchange.getRequestHeaders().get("Host"))) {
            return Answer.text(FORBIDDEN, "the Host header must be an IP address, localhost or the --metrics-addr");
        }
        if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
            return Answer.text(NOT_ALLOWED, "read-only: GET or HEAD");
        }
        try {
            return page(exchange);
        } catch (IOException | RuntimeException e) {
            LOG.debug("{}: {}", exchange.getRequestURI(), e);
            return Answer.text(FAILED, "failed");
        }
    }

    private Answer page(HttpExchange exchange) throws IOException {
        return switch (exchange.getRequestURI().getPath()) {
            case "/metrics" -> {
                Metrics.Answer read = metrics.read(exchange.getRequestHeaders().getFirst("Accept"));
                yield new Answer(OK, read.contentType(), read.body());
            }
            case "/" -> new Answer(OK, "text/html; charset=utf-8", Page.live());
            case "/status.json" -> {
                boolean withHistory = "history".equals(exchange.getRequestURI().getQuery());
                yield new Answer(
                        OK,
                        "application/json",
                        StatusJson.text(run, withHistory).getBytes(UTF_8));
            }
            case "/healthz" -> Answer.text(OK, "ok"); // also while the run is paused or waits: a restart would not help
            default -> Answer.text(NOT_FOUND, "there are /, /status.json, /metrics and /healthz");
        };
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
