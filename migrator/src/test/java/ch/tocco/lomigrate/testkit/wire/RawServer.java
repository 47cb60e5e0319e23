package ch.tocco.lomigrate.testkit.wire;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP server on a free port that says to each client what a test tells it to, sense or nonsense. */
public final class RawServer implements AutoCloseable {
    private final ServerSocket listener;
    private final Conversation conversation;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** What happens on one connection; it is closed when this returns or throws. */
    @FunctionalInterface
    public interface Conversation {
        void hold(InputStream from, OutputStream to) throws IOException;
    }

    private RawServer(Conversation conversation) throws IOException {
        this.listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        this.conversation = conversation;
        start("raw server", this::accept);
    }

    /** Listens from now on; connections are served by a thread each. */
    public static RawServer start(Conversation conversation) throws IOException {
        return new RawServer(conversation);
    }

    public int port() {
        return listener.getLocalPort();
    }

    private static void start(String name, Runnable work) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                var socket = listener.accept();
                open.add(socket);
                start("raw connection", () -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var to = new BufferedOutputStream(socket.getOutputStream());
            conversation.hold(new BufferedInputStream(socket.getInputStream()), to);
            to.flush();
        } catch (IOException gone) {
            // the client has had enough
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var socket : open) {
            socket.close();
        }
    }
}
