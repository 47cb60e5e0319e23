package ch.tocco.lomigrate.testkit.wire;

import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import javax.net.SocketFactory;

/**
 * Speaks PostgreSQL's protocol as PgBouncer in transaction mode does: each client gets in, and has one of a few
 * backends for each transaction, the one that became free last or each in turn. Safe for use by several threads.
 */
public final class TransactionPooler implements AutoCloseable {
    private static final int SSL_REQUEST = 80877103;
    private static final Map<String, String> PARAMETERS = Map.of(
            "server_version", "17.0",
            "client_encoding", "UTF8",
            "DateStyle", "ISO, MDY",
            "integer_datetimes", "on",
            "standard_conforming_strings", "on",
            "TimeZone", "UTC");

    private final BlockingDeque<Backend> free = new LinkedBlockingDeque<>();
    private final List<Connection> logins = new ArrayList<>();
    private final boolean inTurn;
    private final RawServer server;

    /** Opens that many connections to the database, and listens from now on. */
    public TransactionPooler(SourceDatabase database, int backends, boolean inTurn) throws IOException, SQLException {
        this.inTurn = inTurn;
        for (int i = 0; i < backends; i++) {
            free.add(login(database));
        }
        server = RawServer.start(this::serve);
    }

    public int port() {
        return server.port();
    }

    /** The driver logs in, and its socket is used from then on. */
    private Backend login(SourceDatabase database) throws IOException, SQLException {
        var login = new Properties();
        login.setProperty("user", database.server().user());
        login.setProperty("password", database.server().password());
        login.setProperty("sslmode", "disable");
        login.setProperty("socketFactory", Kept.class.getName());
        logins.add(DriverManager.getConnection(database.server().jdbcUrl(database.name()), login));
        Socket socket = Kept.LAST.get();
        return new Backend(
                new DataInputStream(socket.getInputStream()), new DataOutputStream(socket.getOutputStream()));
    }

    private void serve(InputStream in, OutputStream out) throws IOException {
        var from = new DataInputStream(in);
        var to = new DataOutputStream(out);
        welcome(from, to);
        Backend held = null;
        while (true) {
            Message message = Message.read(from);
            if (message.type == 'X') {
                return; // a transaction that is open is lost with its backend
            }
            held = held == null ? take() : held;
            message.write(held.to());
            if (message.type == 'Q' || message.type == 'S') {
                held = answer(held, to) ? null : held;
            }
        }
    }

    private static void welcome(DataInputStream from, DataOutputStream to) throws IOException {
        byte[] startup = from.readNBytes(from.readInt() - 4);
        if (ByteBuffer.wrap(startup).getInt() == SSL_REQUEST) {
            to.write('N');
            to.flush();
            from.skipNBytes(from.readInt() - 4L);
        }
        new Message('R', new byte[4]).write(to);
        for (var parameter : PARAMETERS.entrySet()) {
            String text = parameter.getKey() + "\0" + parameter.getValue() + "\0";
            new Message('S', text.getBytes(StandardCharsets.US_ASCII)).write(to);
        }
        new Message('K', new byte[8]).write(to);
        new Message('Z', new byte[] {'I'}).write(to);
        to.flush();
    }

    private Backend take() throws IOException {
        try {
            return free.takeFirst();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void giveBack(Backend backend) {
        if (inTurn) {
            free.addLast(backend);
        } else {
            free.addFirst(backend);
        }
    }

    /**
     * Passes the backend's answer on; says whether no transaction is open then. The backend is free before the client can
     * know that: what it asks next may get it.
     */
    private boolean answer(Backend backend, DataOutputStream to) throws IOException {
        backend.to().flush();
        Message message = Message.read(backend.from());
        while (message.type != 'Z') {
            message.write(to);
            message = Message.read(backend.from());
        }
        boolean idle = message.body[0] == 'I';
        if (idle) {
            giveBack(backend);
        }
        message.write(to);
        to.flush();
        return idle;
    }

    @Override
    public void close() throws IOException, SQLException {
        server.close();
        for (Connection login : logins) {
            login.abort(Runnable::run);
        }
    }

    private record Backend(DataInputStream from, DataOutputStream to) {}

    /** A message of the protocol: its type, its length, and that much more. */
    private static final class Message {
        final char type;
        final byte[] body;

        Message(char type, byte[] body) {
            this.type = type;
            this.body = body;
        }

        static Message read(DataInputStream from) throws IOException {
            char type = (char) from.readUnsignedByte();
            return new Message(type, from.readNBytes(from.readInt() - 4));
        }

        void write(DataOutputStream to) throws IOException {
            to.writeByte(type);
            to.writeInt(4 + body.length);
            to.write(body);
        }
    }

    /** Makes sockets for the driver, and remembers a thread's last one. */
    public static final class Kept extends SocketFactory {
        private static final ThreadLocal<Socket> LAST = new ThreadLocal<>();

        @Override
        public Socket createSocket() {
            var socket = new Socket();
            LAST.set(socket);
            return socket;
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
            throw new UnsupportedOperationException();
        }
    }
}
