package ch.tocco.lomigrate.postgres;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import java.io.IOException;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A login under way on this thread. The driver cannot be told to break one off, but it lets go of one whose socket is
 * closed. Begun and closed by the same thread.
 */
final class Login implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(Login.class);
    private static final ThreadLocal<Login> CURRENT = new ThreadLocal<>();

    private final RunEnd giveUp;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final RunEnd.Registration breakingOff;

    private Login(RunEnd giveUp) {
        this.giveUp = giveUp;
        this.breakingOff = giveUp.onEnd(() -> sockets.forEach(Login::close));
    }

    /** @param giveUp from when on the sockets of this login are closed */
    static Login begin(RunEnd giveUp) {
        Login login = new Login(giveUp);
        CURRENT.set(login);
        return login;
    }

    /** The driver has made a socket on this thread. */
    static void made(Socket socket) {
        Login login = CURRENT.get();
        if (login != null) {
            login.sockets.add(socket);
            if (login.giveUp.ended()) {
                close(socket); // the others were closed before this one was there
            }
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("breaking off a login: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        breakingOff.close();
        CURRENT.remove();
    }
}
