package ch.tocco.lomigrate.testkit.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy between the tool and a server, with faults that a test switches on and off: {@link Weather} for all that
 * passes, {@link Trigger}s for one moment in the middle of a conversation. Safe for use by several threads.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int BUFFER = 64 << 10;
    private static final int LISTEN_BACKLOG = 200;
    private static final int DRAIN_MILLIS = 50;
    private static final long GATE_MILLIS = 5;
    private static final long IDLE_LOOK_MILLIS = 50;

    private final InetSocketAddress server;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final List<Trigger> triggers = new CopyOnWriteArrayList<>();
    private volatile Weather weather = Weather.FAIR;
    private volatile boolean closed;
    private final AtomicInteger dropped = new AtomicInteger();
    private volatile boolean dropsIdle;
    private final int port;
    private static final long JOIN_MILLIS = 5000;

    private ServerSocket listening;
    private Thread accepting;

    /** How everything passes. */
    public sealed interface Weather {
        /** All passes at once. */
        Weather FAIR = new Delayed(Duration.ZERO, BUFFER);

        /** Connections are accepted, and nothing passes; when it clears up, what was held passes. */
        Weather BLACK_HOLE = new Held();

        /** All passes, each piece after a while. */
        static Weather latency(Duration each) {
            return new Delayed(each, BUFFER);
        }

        /** All passes, a few bytes at a time. */
        static Weather drip(int bytes, Duration each) {
            return new Delayed(each, bytes);
        }

        /** Requests do not reach the server: this is answered, and the connection closed. */
        static Weather answering(String response) {
            return new Answered(response);
        }
    }

    private record Delayed(Duration each, int piece) implements Weather {}

    private record Held() implements Weather {}

    private record Answered(String response) implements Weather {}

    private FaultProxy(InetSocketAddress server) throws IOException {
        this.server = server;
        this.port = listen(0);
    }

    /** Starts a proxy on a free port of the loopback interface. */
    public static FaultProxy to(String host, int port) throws IOException {
        return new FaultProxy(new InetSocketAddress(host, port));
    }

    public int port() {
        return port;
    }

    /** Connections that are open through the proxy. */
    public int open() {
        return connections.size();
    }

    /** Changes how everything passes from now on. */
    public void weather(Weather next) {
        weather = next;
    }

    /** Sets a trap; it is gone after it has fired as often as it should. */
    public void arm(Trigger trigger) {
        triggers.add(trigger);
    }

    /** From now on closes connections that nothing passes through for so long, as servers and firewalls do. */
    public void dropIdle(Duration longest) {
        dropsIdle = true;
        thread("drop-idle", () -> {
            try {
                while (!closed && dropsIdle) {
                    Thread.sleep(IDLE_LOOK_MILLIS);
                    connections.forEach(connection -> connection.dropIfIdle(longest));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** From now on leaves idle connections alone: on one that only waits for an answer nothing passes through either. */
    public void keepIdle() {
        dropsIdle = false;
    }

    /** Connections that were idle and dropped. */
    public int dropped() {
        return dropped.get();
    }

    /** Breaks all connections with a reset; new ones are taken. */
    public void resetAll() {
        connections.forEach(Connection::reset);
    }

    /** Breaks all connections; new ones are refused until {@link #accept}. */
    public synchronized void refuse() throws IOException {
        listening.close();
        try {
            // Until the thread is out of its accept, the port may still take a connection.
            accepting.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        resetAll();
    }

    /** Takes connections again, on the same port. */
    public synchronized void accept() throws IOException {
        if (listening.isClosed()) {
            listen(port);
        }
    }

    private int listen(int at) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), LISTEN_BACKLOG);
        listening = socket;
        accepting = thread("accept", () -> acceptAll(socket));
        return socket.getLocalPort();
    }

    private void acceptAll(ServerSocket socket) {
        try {
            while (true) {
                Connection connection = new Connection(socket.accept());
                connections.add(connection);
                // refuse() may have run in between
                if (socket.isClosed()) {
                    connection.reset();
                } else {
                    thread("to-server", connection::open);
                }
            }
        } catch (IOException e) {
            // The listener was closed.
        }
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, "fault-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            refuse();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One client's connection and the one to the server that belongs to it. */
    private final class Connection {
        private final Socket client;
        private final Socket upstream = new Socket();
        private final Trigger.Watch watch = new Trigger.Watch();
        private volatile boolean dead;
        private volatile long used = System.nanoTime();

        Connection(Socket client) {
            this.client = client;
        }

        void open() {
            try {
                client.setTcpNoDelay(true);
                upstream.setTcpNoDelay(true);
                upstream.connect(server, 5000);
                thread("to-client", () -> pump(upstream, client, false));
                pump(client, upstream, true);
            } catch (IOException e) {
                reset();
            }
        }

        private void pump(Socket from, Socket to, boolean request) {
            byte[] buffer = new byte[BUFFER];
            try {
                for (int count = from.getInputStream().read(buffer);
                        count >= 0;
                        count = from.getInputStream().read(buffer)) {
                    if (request && weather instanceof Answered answered) {
                        answer(answered.response());
                        return;
                    }
                    pass(buffer, count, to, request);
                }
                to.shutdownOutput();
                if (from.isOutputShutdown()) {
                    end();
                }
            } catch (IOException e) {
                reset();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                reset();
            }
        }

        private void pass(byte[] buffer, int count, Socket to, boolean request)
                throws IOException, InterruptedException {
            used = System.nanoTime();
            Trigger.Cut cut = watch.see(triggers, buffer, count, request);
            int passing = cut == null ? count : cut.passing();
            int done = 0;
            while (done < passing) {
                int piece = Math.min(awaitPiece(), passing - done);
                to.getOutputStream().write(buffer, done, piece);
                done += piece;
            }
            if (cut == null) {
                return;
            }
            switch (cut.action()) {
                case RESET -> reset();
                case HALF_CLOSE -> client.shutdownOutput();
                case SILENCE -> awaitEnd();
            }
        }

        private void awaitEnd() throws InterruptedException, IOException {
            while (!dead && !closed) {
                Thread.sleep(GATE_MILLIS);
            }
            throw new IOException("closed");
        }

        /** Waits as the weather is; says how much may pass then. */
        private int awaitPiece() throws InterruptedException, IOException {
            while (weather instanceof Held) {
                Thread.sleep(GATE_MILLIS);
                if (dead || closed) {
                    throw new IOException("closed");
                }
            }
            if (weather instanceof Delayed delayed) {
                if (!delayed.each().isZero()) {
                    Thread.sleep(delayed.each().toMillis());
                }
                return delayed.piece();
            }
            return BUFFER;
        }

        /** Swallows the request, answers it, and waits for the client to close. */
        private void answer(String response) throws IOException {
            client.setSoTimeout(DRAIN_MILLIS);
            drain();
            client.getOutputStream().write(response.getBytes(StandardCharsets.ISO_8859_1));
            client.shutdownOutput();
            drain();
            end();
        }

        private void drain() throws IOException {
            byte[] buffer = new byte[BUFFER];
            int count = 0;
            while (count >= 0) {
                try {
                    count = client.getInputStream().read(buffer);
                } catch (SocketTimeoutException quiet) {
                    return;
                }
            }
        }

        void dropIfIdle(Duration longest) {
            if (!dead && System.nanoTime() - used > longest.toNanos()) {
                dropped.incrementAndGet();
                end();
            }
        }

        void reset() {
            try {
                client.setSoLinger(true, 0);
                upstream.setSoLinger(true, 0);
            } catch (IOException e) {
                // It is closed already.
            }
            end();
        }

        private void end() {
            dead = true;
            connections.remove(this);
            for (Socket socket : List.of(client, upstream)) {
                try {
                    socket.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
