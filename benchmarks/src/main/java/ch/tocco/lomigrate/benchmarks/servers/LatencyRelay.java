package ch.tocco.lomigrate.benchmarks.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP relay that makes a local server as far away as one in a network: whatever is sent arrives a fixed time later, in
 * both directions, however much is under way.
 */
public final class LatencyRelay implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    private final int target;
    private final Duration delay;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private LatencyRelay(int target, Duration delay) throws IOException {
        this.target = target;
        this.delay = delay;
        daemon("relay-accept", this::accept);
    }

    /**
     * Starts a relay on a free port.
     *
     * @param target port of the local server
     * @param delay added to each direction, so the round trip takes twice as long
     */
    public static LatencyRelay start(int target, Duration delay) throws IOException {
        return new LatencyRelay(target, delay);
    }

    public int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = opened(listening.accept());
                Socket server = opened(new Socket(InetAddress.getLoopbackAddress(), target));
                AtomicInteger directions = new AtomicInteger(2);
                direction(client, server, directions);
                direction(server, client, directions);
            }
        } catch (IOException closed) {
            closeAll();
        }
    }

    private Socket opened(Socket socket) throws IOException {
        open.add(socket);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** One thread reads and notes the time, the other writes when the time has come. */
    private void direction(Socket from, Socket to, AtomicInteger directions) {
        DelayLine line = new DelayLine(delay);
        daemon("relay-read", () -> {
            try {
                line.fill(from.getInputStream());
            } catch (IOException | InterruptedException reset) {
                close(to);
            }
        });
        daemon("relay-write", () -> {
            try {
                line.drainTo(to.getOutputStream());
                to.shutdownOutput();
            } catch (IOException | InterruptedException reset) {
                close(from);
            }
            if (directions.decrementAndGet() == 0) {
                close(from);
                close(to);
            }
        });
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void close(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no use any more
        }
    }

    private void closeAll() {
        open.forEach(this::close);
    }

    /** Ends the relay and all connections through it. */
    @Override
    public void close() throws IOException {
        listening.close();
        closeAll();
    }
}
