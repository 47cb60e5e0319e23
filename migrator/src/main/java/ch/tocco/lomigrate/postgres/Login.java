package ch.tocco.lomigrate.postgres;

import java.io.IOException;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A login under way on this thread. The driver cannot be told to break one off, but it lets go of one whose socket is
 * closed. Begun and closed by the same thread.
 */
final class Login implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(Login.class);
    private static final long LOOK_MILLIS = 200;
    private static final ThreadLocal<Login> CURRENT = new ThreadLocal<>();

    /** One daemon for all logins of the process; it has nothing to do while there are none. */
    private static final ScheduledExecutorService WATCH = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "logins");
        thread.setDaemon(true);
        return thread;
    });

    private final BooleanSupplier giveUp;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ScheduledFuture<?> watch;

    private Login(BooleanSupplier giveUp) {
        this.giveUp = giveUp;
        this.watch = WATCH.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** @param giveUp when it says true, the sockets of this login are closed */
    static Login begin(BooleanSupplier giveUp) {
        Login login = new Login(giveUp);
        CURRENT.set(login);
        return login;
    }

    /** The driver has made a socket on this thread. */
    static void made(Socket socket) {
        Login login = CURRENT.get();
        if (login != null) {
            login.sockets.add(socket);
        }
    }

    private void look() {
        if (giveUp.getAsBoolean()) {
            sockets.forEach(Login::close);
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
        watch.cancel(false);
        CURRENT.remove();
    }
}
