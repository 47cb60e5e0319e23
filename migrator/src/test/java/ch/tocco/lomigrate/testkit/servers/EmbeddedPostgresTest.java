package ch.tocco.lomigrate.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres.StopMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The server starts, refuses wrong passwords, comes back after an outage, and never outlives its owner. */
@Tag("slow")
final class EmbeddedPostgresTest {
    @Test
    void isGoneAfterClose() throws Exception {
        var server = EmbeddedPostgres.start(Map.of());
        long pid = postmaster(server.home());
        assertThat(server.version()).matches("[0-9.]+");

        server.close();

        assertThat(server.home()).doesNotExist();
        // Its files go first: the process itself is seen until somebody has collected its exit status.
        Await.until(Duration.ofSeconds(10), "postmaster gone", () -> isGone(pid));
        server.close();
    }

    @Test
    void isGoneAfterItsJvmWasKilled() throws Exception {
        var owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var home = Path.of(owner.inputReader(StandardCharsets.UTF_8).readLine());
        long pid = postmaster(home);

        owner.destroyForcibly().waitFor();

        Await.until(Duration.ofSeconds(30), "server and directory gone", () -> Files.notExists(home) && isGone(pid));
    }

    @Test
    void keepsDataAndPortThroughAnOutageAndRefusesWrongPasswords() throws Exception {
        try (var server = EmbeddedPostgres.start(Map.of("fsync", "on", "work_mem", "7MB"))) {
            String database = server.createDatabase();
            assertThat(setting(server, database, "fsync")).isEqualTo("on");
            assertThat(setting(server, database, "work_mem")).isEqualTo("7MB");
            assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl(database), "postgres", "wrong"))
                    .hasMessageContaining("password authentication failed");

            server.stopServer(StopMode.IMMEDIATE);
            assertThatThrownBy(() -> server.connect(database)).isInstanceOf(SQLException.class);
            server.startServer();
            server.restart();

            assertThat(setting(server, database, "work_mem")).isEqualTo("7MB");
        }
    }

    @Test
    void takesTlsConnections() throws Exception {
        try (var server = EmbeddedPostgres.startWithTls(Map.of())) {
            String certificate = server.certificate().orElseThrow().toString();
            String url = server.jdbcUrl("postgres") + "?sslmode=verify-full&sslrootcert=" + certificate;
            try (var connection = DriverManager.getConnection(url, server.user(), server.password());
                    var statement = connection.createStatement();
                    var row = statement.executeQuery("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getBoolean(1)).isTrue();
            }
        }
    }

    private static boolean isGone(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty();
    }

    private static long postmaster(Path home) throws IOException {
        return Long.parseLong(
                Files.readAllLines(home.resolve("data/postmaster.pid")).get(0));
    }

    private static String setting(EmbeddedPostgres server, String database, String name) throws SQLException {
        try (var connection = server.connect(database);
                var statement = connection.createStatement();
                var row = statement.executeQuery("SHOW " + name)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Starts a server, says where, and waits to be killed. */
    static final class Owner {
        private Owner() {}

        public static void main(String[] args) throws Exception {
            var server = EmbeddedPostgres.start(Map.of());
            System.out.println(server.home());
            Thread.sleep(Duration.ofMinutes(2).toMillis());
            server.close();
        }
    }
}
