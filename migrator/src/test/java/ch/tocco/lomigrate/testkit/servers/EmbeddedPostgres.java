package ch.tocco.lomigrate.testkit.servers;

import ch.tocco.lomigrate.testkit.checks.Secrets;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real PostgreSQL server in a directory of its own, on a free port, for as long as this JVM lives. Everything is done
 * by a shell that reads commands from a pipe whose other end only this JVM holds: at end of file, so also after {@code
 * kill -9}, it stops the server and removes the directory. Safe for use by several threads.
 */
public final class EmbeddedPostgres implements PostgresServer, AutoCloseable {
    private static final String USER = "postgres";
    private static final int START_ATTEMPTS = 3;
    private static final String SCRAM_ITERATIONS = "scram_iterations";

    /**
     * Arguments: the directory with the programs, the server's own directory, where data of new servers is kept (or
     * nothing), then the command that becomes another user. Each command read is answered by one line. Signals are
     * ignored because Ctrl-C reaches the whole terminal: tests or demo end first, and the end of file follows.
     */
    private static final String KEEPER = """
            trap '' INT TERM HUP
            bin=$1 home=$2 kept=$3
            shift 3
            cd /
            ctl() { "$@" >>"$home/keeper.log" 2>&1 </dev/null && echo ok || echo failed; }
            initialize() {
              iterations=$1
              shift
              data=$kept-$iterations
              if [ -n "$kept" ] && [ -d "$data" ]; then
                "$@" cp -a "$data" "$home/data" && return
                "$@" rm -rf "$home/data"
              fi
              set_iterations=
              if "$bin/initdb" --help | grep -q -- --set; then # from 16 on
                set_iterations=--set=scram_iterations=$iterations
              fi
              "$@" "$bin/initdb" -D "$home/data" -U postgres --pwfile="$home/password" \\
                --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync $set_iterations || return
              if [ -n "$kept" ]; then # of two that do this at the same time, one rename wins
                "$@" cp -a "$home/data" "$data.$$" && "$@" mv -T "$data.$$" "$data" || "$@" rm -rf "$data.$$"
              fi
            }
            while read -r command argument; do
              case $command in
                init) ctl initialize "$argument" "$@" ;;
                start) ctl "$@" "$bin/pg_ctl" start -D "$home/data" -l "$home/server.log" -w -t 60 -s ;;
                copy) ctl "$@" cp -a "$argument/data" "$home/data" ;;
                stop) ctl "$@" "$bin/pg_ctl" stop -D "$home/data" -m "$argument" -w -t 60 -s ;;
              esac
            done
            "$@" "$bin/pg_ctl" stop -D "$home/data" -m immediate -w -t 60 -s >/dev/null 2>&1 </dev/null
            rm -rf -- "$home"
            """;

    private final Path home;
    private final Process keeper;
    private final BufferedWriter commands;
    private final BufferedReader answers;
    private final int port;

    private EmbeddedPostgres(Initializer initializer) throws IOException {
        var user = ServerUser.find();
        home = Files.createTempDirectory(workDirectory(), "lo-migrate-postgres-");
        keeper = startKeeper(user, keptData(user));
        commands = keeper.outputWriter(StandardCharsets.UTF_8);
        answers = keeper.inputReader(StandardCharsets.UTF_8);
        boolean started = false;
        try {
            initializer.initialize(this, user);
            port = startOnFreePort();
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    /** Starts a server with the default settings, overridden by those given. */
    public static EmbeddedPostgres start(Map<String, String> settings) throws IOException {
        return new EmbeddedPostgres((server, user) -> server.initialize(user, settings, false));
    }

    /** Like {@link #start}; the server also takes TLS connections, with the certificate of {@link #certificate()}. */
    public static EmbeddedPostgres startWithTls(Map<String, String> settings) throws IOException {
        return new EmbeddedPostgres((server, user) -> server.initialize(user, settings, true));
    }

    /** Starts a server that others reach at this address of the machine too, with the password. */
    public static EmbeddedPostgres startOn(String host, Map<String, String> settings) throws IOException {
        Path rules = Files.createTempFile(workDirectory(), "lo-migrate-", ".hba");
        try {
            Files.writeString(rules, "host all all all scram-sha-256\n");
            Files.setPosixFilePermissions(rules, PosixFilePermissions.fromString("rw-r--r--"));
            Map<String, String> all = new LinkedHashMap<>(settings);
            all.put("listen_addresses", "127.0.0.1," + host);
            all.put("hba_file", rules.toString());
            return start(all);
        } finally {
            rules.toFile().deleteOnExit();
        }
    }

    /**
     * Starts a streaming standby.
     *
     * @param name the application_name that the primary knows it by
     */
    public static EmbeddedPostgres startStandby(EmbeddedPostgres primary, String name) throws IOException {
        return new EmbeddedPostgres((server, user) -> server.copyOf(primary, name, user));
    }

    /** Makes the data directory, owned by the user that the server runs as. */
    @FunctionalInterface
    private interface Initializer {
        void initialize(EmbeddedPostgres server, ServerUser user) throws IOException;
    }

    private void copyOf(EmbeddedPostgres primary, String name, ServerUser user) throws IOException {
        Path data = home.resolve("data");
        if (user.ownsFiles()) {
            give(home);
        }
        try (var connection = primary.connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('standby', true)");
            require("copy " + primary.home);
            try (var label = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                label.next();
                Files.writeString(data.resolve("backup_label"), label.getString(1));
            }
        } catch (SQLException e) {
            throw new IOException("the primary cannot be copied", e);
        }
        Files.delete(data.resolve("postmaster.pid"));
        Files.createFile(data.resolve("standby.signal"));
        if (user.ownsFiles()) {
            give(data.resolve("backup_label"));
            give(data.resolve("standby.signal"));
        }
        configure(Map.of(
                "primary_conninfo",
                "host=%s port=%d user=%s password='%s' application_name=%s"
                        .formatted(primary.host(), primary.port(), USER, primary.password(), name)));
    }

    private static Map<String, String> defaults() {
        var settings = new LinkedHashMap<String, String>();
        settings.put("listen_addresses", "127.0.0.1");
        settings.put("unix_socket_directories", "");
        settings.put("max_connections", "200");
        settings.put("shared_buffers", "128MB");
        settings.put("max_wal_size", "2GB");
        // Nothing here has to survive a crash of the machine; set fsync=on where it is to be measured.
        settings.put("fsync", "off");
        // Each login takes the client 4096 rounds of a hash otherwise; set it where logins are to be measured.
        settings.put(SCRAM_ITERATIONS, "1");
        settings.put("log_line_prefix", "%m [%p] %q%u@%d %a ");
        return settings;
    }

    private static Path workDirectory() throws IOException {
        Path directory = Path.of(System.getProperty("java.io.tmpdir"));
        return !ServerUser.needed() || ServerUser.reaches(directory) ? directory : Path.of("/tmp");
    }

    /**
     * Where the data of a server is that was just made with the default settings: to copy it takes a tenth of the time.
     * Empty for installed programs, whose version is not known.
     */
    private static String keptData(ServerUser user) throws IOException {
        Optional<Path> directory = PostgresBinaries.besideUnpacked("data");
        if (directory.isEmpty()) {
            return "";
        }
        if (user.ownsFiles()) {
            give(directory.get());
        }
        return directory
                .get()
                .resolve("password-" + Integer.toHexString(Secrets.PASSWORD.hashCode()))
                .toString();
    }

    private Process startKeeper(ServerUser user, String kept) throws IOException {
        var command = new ArrayList<>(List.of("sh", "-c", KEEPER, "keeper"));
        command.add(PostgresBinaries.directory().toString());
        command.add(home.toString());
        command.add(kept);
        command.addAll(user.prefix());
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        // Variables of a developer's own server must not change this one.
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder.start();
    }

    private void initialize(ServerUser user, Map<String, String> settings, boolean tls) throws IOException {
        Files.writeString(home.resolve("password"), Secrets.PASSWORD);
        if (user.ownsFiles()) {
            give(home.resolve("password"));
            give(home);
        }
        var all = defaults();
        if (tls) {
            writeCertificate(user);
            all.put("ssl", "on");
            all.put("ssl_cert_file", home.resolve("server.crt").toString());
            all.put("ssl_key_file", home.resolve("server.key").toString());
        }
        all.putAll(settings);
        // known to PostgreSQL from 16 on, and needed before the first password is stored
        require("init " + all.remove(SCRAM_ITERATIONS));
        configure(all);
    }

    private void writeCertificate(ServerUser user) throws IOException {
        SelfSignedCertificate.write(home, SelfSignedCertificate.LOCAL);
        if (user.ownsFiles()) {
            give(home.resolve("server.crt"));
            give(home.resolve("server.key"));
        }
    }

    private static void give(Path path) throws IOException {
        Files.setAttribute(path, "unix:uid", ServerUser.NOBODY);
        Files.setAttribute(path, "unix:gid", ServerUser.NOBODY);
    }

    /** Appends settings to the configuration; of a setting that is there twice the server takes the last. */
    private void configure(Map<String, String> settings) throws IOException {
        var text = new StringBuilder();
        settings.forEach((name, value) -> text.append("%s = '%s'%n".formatted(name, value.replace("'", "''"))));
        Path file = home.resolve("data/postgresql.conf");
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }

    private int startOnFreePort() throws IOException {
        for (int attempt = 1; ; attempt++) {
            int free = freePort();
            configure(Map.of("port", Integer.toString(free)));
            if (answer("start") || attempt == START_ATTEMPTS) {
                requireRunning();
                return free;
            }
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void requireRunning() throws IOException {
        if (Files.notExists(home.resolve("data/postmaster.pid"))) {
            throw new IOException("PostgreSQL did not start:\n" + log());
        }
    }

    private synchronized boolean answer(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        return "ok".equals(answers.readLine());
    }

    private void require(String command) throws IOException {
        if (!answer(command)) {
            throw new IOException("PostgreSQL: " + command + " failed:\n" + log());
        }
    }

    /** What the server and the programs around it have written so far. */
    public String log() throws IOException {
        var text = new StringBuilder();
        for (String name : List.of("keeper.log", "server.log")) {
            if (Files.exists(home.resolve(name))) {
                text.append(Files.readString(home.resolve(name)));
            }
        }
        return text.toString();
    }

    /** Stops the server and keeps its data, directory and port; how is pg_ctl's word for it. */
    public void stopServer(StopMode mode) throws IOException {
        require("stop " + mode.word());
    }

    /** Starts the server again after {@link #stopServer}, on the same port. */
    public void startServer() throws IOException {
        require("start");
    }

    /** Stops the server the way an administrator does, breaking all connections, and starts it again. */
    public void restart() throws IOException {
        stopServer(StopMode.FAST);
        startServer();
    }

    /** The same as {@link #restart}, but from then on it is a hot standby, of no primary: it can be read only. */
    public void restartAsStandby() throws IOException {
        stopServer(StopMode.FAST);
        Files.createFile(home.resolve("data/standby.signal"));
        startServer();
    }

    /** The certificate of a server that was started with TLS, for {@code sslrootcert}; a copy that outlives it. */
    public Optional<Path> certificate() throws IOException {
        Path certificate = home.resolve("server.crt");
        if (Files.notExists(certificate)) {
            return Optional.empty();
        }
        Path copy = Files.createTempFile("lo-migrate-", ".crt");
        copy.toFile().deleteOnExit();
        return Optional.of(Files.copy(certificate, copy, StandardCopyOption.REPLACE_EXISTING));
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String user() {
        return USER;
    }

    @Override
    public String password() {
        return Secrets.PASSWORD;
    }

    @Override
    public String kind() {
        return "embedded";
    }

    /** The directory that is gone once the server is closed. */
    Path home() {
        return home;
    }

    /** Stops the server and removes its data. Returns when both are done; more than once is harmless. */
    @Override
    public void close() throws IOException {
        commands.close();
        try {
            if (!keeper.waitFor(70, TimeUnit.SECONDS)) {
                throw new IOException("PostgreSQL in " + home + " does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How a server is made to stop: pg_ctl's three modes. */
    public enum StopMode {
        /** Waits for all clients to disconnect. */
        SMART,
        /** Disconnects the clients and shuts down cleanly. */
        FAST,
        /** Breaks off without a checkpoint, like a crash: the next start recovers. */
        IMMEDIATE;

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
