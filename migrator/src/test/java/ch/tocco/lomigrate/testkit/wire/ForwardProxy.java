package ch.tocco.lomigrate.testkit.wire;

import ch.tocco.lomigrate.testkit.Background;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy as stands between an office and the world: forwards plain requests, makes tunnels with CONNECT, and may
 * want a password. Whatever host is asked for, it connects to this machine: a client that knows a host by a name that no
 * name server has can reach it only through here. Safe for use by several threads.
 */
public final class ForwardProxy implements AutoCloseable {
    private final RawServer server;
    private final Optional<String> login;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> refused = new CopyOnWriteArrayList<>();

    private ForwardProxy(Optional<String> login) throws IOException {
        this.login = login;
        this.server = RawServer.start(this::serve);
    }

    /** Starts a proxy for everybody. */
    public static ForwardProxy start() throws IOException {
        return new ForwardProxy(Optional.empty());
    }

    /** Starts a proxy for who knows user and password. */
    public static ForwardProxy start(String user, String password) throws IOException {
        return new ForwardProxy(Optional.of(user + ':' + password));
    }

    public int port() {
        return server.port();
    }

    /** Method and target of each request that was let through, such as {@code CONNECT s3.test:443}. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    /** The same of those that lacked user and password. */
    public List<String> refused() {
        return List.copyOf(refused);
    }

    private void serve(InputStream from, OutputStream to) throws IOException {
        try (var target = new Target()) {
            while (true) {
                List<String> head = head(from);
                String[] first = head.get(0).split(" ", -1);
                String request = first[0] + ' ' + first[1];
                if (login.isPresent() && !header(head, "proxy-authorization").equals(Optional.of(basic(login.get())))) {
                    refused.add(request);
                    write(
                            to,
                            "HTTP/1.1 407 Proxy Authentication Required",
                            "Proxy-Authenticate: Basic",
                            "Content-Length: 0");
                    return;
                }
                asked.add(request);
                if (first[0].equals("CONNECT")) {
                    target.connect(Integer.parseInt(first[1].substring(first[1].lastIndexOf(':') + 1)));
                    write(to, "HTTP/1.1 200 Connection established");
                    tunnel(from, to, target.socket);
                    return;
                }
                forward(head, from, to, target);
            }
        }
    }

    /** The server that a connection's requests go to. */
    private static final class Target implements AutoCloseable {
        private Socket socket;
        private InputStream answers;

        void connect(int port) throws IOException {
            if (socket == null || socket.getPort() != port) {
                close();
                socket = new Socket(InetAddress.getLoopbackAddress(), port);
                answers = new BufferedInputStream(socket.getInputStream());
            }
        }

        @Override
        public void close() throws IOException {
            if (socket != null) {
                socket.close();
            }
        }
    }

    private static void tunnel(InputStream from, OutputStream to, Socket target) throws IOException {
        var unused = Background.run(() -> {
            copy(from, target.getOutputStream());
            target.shutdownOutput();
        });
        copy(target.getInputStream(), to);
    }

    private static void forward(List<String> head, InputStream from, OutputStream to, Target target)
            throws IOException {
        String[] first = head.get(0).split(" ", -1);
        URI url = URI.create(first[1]);
        String query = url.getRawQuery() == null ? "" : '?' + url.getRawQuery();
        List<String> lines = new ArrayList<>(List.of(first[0] + ' ' + url.getRawPath() + query + " HTTP/1.1"));
        head.stream()
                .skip(1)
                .filter(line -> !line.toLowerCase(Locale.ROOT).startsWith("proxy-"))
                .forEach(lines::add);
        target.connect(url.getPort() < 0 ? 80 : url.getPort());
        write(target.socket.getOutputStream(), lines.toArray(String[]::new));
        copy(from, target.socket.getOutputStream(), length(head));
        List<String> answer = head(target.answers);
        write(to, answer.toArray(String[]::new));
        if (first[0].equals("HEAD")) {
            return;
        }
        if (header(answer, "transfer-encoding").isPresent()) {
            copyChunks(target.answers, to);
        } else {
            copy(target.answers, to, length(answer));
        }
    }

    private static long length(List<String> head) {
        return header(head, "content-length").map(Long::parseLong).orElse(0L);
    }

    private static void copyChunks(InputStream from, OutputStream to) throws IOException {
        while (true) {
            String size = line(from);
            to.write((size + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            long length = Long.parseLong(size.strip(), 16);
            copy(from, to, length + 2); // with its line end
            if (length == 0) {
                return;
            }
        }
    }

    private static void copy(InputStream from, OutputStream to, long length) throws IOException {
        long left = length;
        byte[] buffer = new byte[1 << 16];
        while (left > 0) {
            int count = from.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (count < 0) {
                throw new EOFException();
            }
            to.write(buffer, 0, count);
            left -= count;
        }
        to.flush();
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            to.write(buffer, 0, count);
            to.flush();
        }
    }

    private static List<String> head(InputStream from) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(from); !line.isEmpty(); line = line(from)) {
            lines.add(line);
        }
        return lines;
    }

    private static String line(InputStream from) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = from.read(); c != '\n'; c = from.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private static Optional<String> header(List<String> head, String name) {
        return head.stream()
                .skip(1)
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ':'))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst();
    }

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(OutputStream to, String... lines) throws IOException {
        to.write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        to.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
