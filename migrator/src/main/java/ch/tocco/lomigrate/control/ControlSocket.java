package ch.tocco.lomigrate.control;

import ch.tocco.lomigrate.pacing.SteeringConfig.Places;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Where a run takes requests while it goes on: a unix socket in a directory that only its user may enter, on a thread of its own.
 * One request at a time, each within bounded time. A socket that cannot be made is a warning and no more.
 */
public final class ControlSocket implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(ControlSocket.class);
    private static final Duration LONGEST_REQUEST = Duration.ofSeconds(2);
    private static final Duration LONGEST_END = Duration.ofSeconds(5);

    /** A timetable of {@code --bwlimit} is the longest that makes sense. */
    private static final int MOST_BYTES = 4096;

    private final ControlDirs directories;
    private final Dialogue dialogue;
    private final long process = ProcessHandle.current().pid();
    private final Thread thread = new Thread(this::run, "control");
    private ServerSocketChannel server;
    private boolean closed;

    private ControlSocket(ControlDirs directories, Steered run) {
        this.directories = directories;
        this.dialogue = new Dialogue(run);
    }

    /** Takes requests from soon on: the socket is made beside what the caller does next. */
    public static ControlSocket open(Places places, Steered run) {
        ControlSocket socket = new ControlSocket(new ControlDirs(places), run);
        socket.thread.setDaemon(true);
        socket.thread.start();
        return socket;
    }

    private void run() {
        Path path;
        try {
            path = make();
        } catch (IOException | RuntimeException e) {
            LOG.warn("no control socket, so lo-migrate control cannot reach this run: {}", e.getMessage());
            return;
        }
        try {
            serve(path);
        } finally {
            remove(path);
        }
    }

    private void serve(Path path) {
        LOG.debug("control socket: {}", path);
        while (server.isOpen()) {
            try (SocketChannel client = server.accept()) {
                answer(client, Files.getOwner(path.getParent()));
            } catch (AsynchronousCloseException end) {
                return;
            } catch (IOException | RuntimeException e) {
                LOG.debug("a control request failed: {}", e.toString());
            }
        }
    }

    private void answer(SocketChannel client, UserPrincipal owner) throws IOException {
        UserPrincipal asking =
                client.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        // first of all: a channel that is closed with something unread resets the other side, which would not get an
        // answer
        String request = Exchange.receive(client, true, MOST_BYTES, LONGEST_REQUEST);
        if (!ControlDirs.maySteer(asking, owner)) {
            String refusal = "only user " + owner.getName() + " and root may steer this run";
            LOG.warn("a control request of user {} was refused: {}", asking.getName(), refusal);
            Exchange.send(client, new Answer(false, refusal).sent());
            return;
        }
        if (request.isBlank()) {
            return; // it only wanted to know whether this run listens
        }
        Exchange.send(client, dialogue.answer(request, asking.getName()).sent());
    }

    private Path make() throws IOException {
        IOException failed = null;
        for (Path directory : directories.own()) {
            try {
                ControlDirs.make(directory);
                return make(directory);
            } catch (IOException e) {
                failed = failed == null ? e : failed;
                LOG.debug("control socket in {}: {}", directory, e.toString());
            }
        }
        throw failed;
    }

    /** Under another name first: who meets a socket that does not listen yet would take it for a stale one. */
    private Path make(Path directory) throws IOException {
        Path path = ControlDirs.socket(directory, process);
        ControlDirs.requireShort(path);
        Path made = directory.resolve(process + ".new");
        Files.deleteIfExists(made); // of a process that had this number before
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listening.bind(UnixDomainSocketAddress.of(made));
            Files.move(made, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            opened(listening);
            return path;
        } catch (IOException e) {
            listening.close();
            throw e;
        }
    }

    private synchronized void opened(ServerSocketChannel listening) throws IOException {
        server = listening;
        if (closed) {
            listening.close();
        }
    }

    private static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.debug("control socket: {}", e.toString());
        }
    }

    /** Takes no more requests, and removes the socket. */
    @Override
    public void close() {
        boolean interrupted = false;
        try {
            end();
            thread.join(LONGEST_END.toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (IOException e) {
            LOG.debug("control socket: {}", e.toString());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void end() throws IOException {
        closed = true;
        if (server != null) {
            server.close();
        }
    }
}
