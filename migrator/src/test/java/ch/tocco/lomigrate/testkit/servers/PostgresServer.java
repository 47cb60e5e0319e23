package ch.tocco.lomigrate.testkit.servers;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;

/** A running PostgreSQL server with a superuser that logs in by password over TCP. Safe for use by several threads. */
public interface PostgresServer {
    /** Numbers the databases of this JVM. */
    AtomicInteger DATABASES = new AtomicInteger();

    String host();

    int port();

    String user();

    String password();

    /** How it is run, in one word: {@code embedded} or {@code docker}. */
    String kind();

    /** The URL that {@code --pg-url} takes, with user and password. */
    default String url(String database) {
        String encoded = URLEncoder.encode(password(), StandardCharsets.UTF_8);
        return "postgresql://%s:%s@%s:%d/%s".formatted(user(), encoded, host(), port(), database);
    }

    /** The JDBC URL without user and password. */
    default String jdbcUrl(String database) {
        return "jdbc:postgresql://%s:%d/%s".formatted(host(), port(), database);
    }

    /** A connection of the superuser; the caller closes it. */
    default Connection connect(String database) throws SQLException {
        var login = new Properties();
        login.setProperty("user", user());
        login.setProperty("password", password());
        login.setProperty("ApplicationName", "lo-migrate-testkit");
        return DriverManager.getConnection(jdbcUrl(database), login);
    }

    /** Creates an empty database under a name that is new on this server, and returns the name. */
    default String createDatabase() throws SQLException {
        String name = "lo_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
        try (var connection = connect("postgres");
                var statement = connection.createStatement()) {
            // From 15 on, pages go through buffers and log by default, in five times the processor time.
            boolean chosen = connection.getMetaData().getDatabaseMajorVersion() >= 15;
            statement.execute("CREATE DATABASE " + name + (chosen ? " STRATEGY file_copy" : ""));
        }
        return name;
    }

    /** The server's version number, for example {@code 17.11}. */
    default String version() throws SQLException {
        try (var connection = connect("postgres")) {
            // distributions add their own words behind it
            return connection.getMetaData().getDatabaseProductVersion().replaceFirst(" .*", "");
        }
    }
}
