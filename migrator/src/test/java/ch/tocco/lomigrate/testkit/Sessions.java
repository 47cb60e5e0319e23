package ch.tocco.lomigrate.testkit;

import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.PostgresServer;
import ch.tocco.lomigrate.testkit.wire.FaultProxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The tool's own connections and sessions to a test database, for tests of single stages. */
public final class Sessions {
    public static final SourceSql SQL = new SourceSql(SourceMapping.TOCCO);

    /** The backends of {@link #session} in the current database, for queries. */
    public static final String BACKENDS =
            " FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'lo-migrate test' ";

    private Sessions() {}

    /** Connections of the superuser. */
    public static PgConnections connections(SourceDatabase database) {
        PostgresServer server = database.server();
        return connections(database, server.user(), server.password());
    }

    public static PgConnections connections(SourceDatabase database, String user, String password) {
        return new PgConnections(config(database, user, password));
    }

    /** Connections of the superuser by way of a proxy. */
    public static PgConnections connections(SourceDatabase database, FaultProxy proxy) {
        PostgresServer server = database.server();
        return connections(database, proxy, server.user(), server.password());
    }

    public static PgConnections connections(SourceDatabase database, FaultProxy proxy, String user, String password) {
        return new PgConnections(new PostgresConfig(
                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + database.name(),
                Map.of("user", user, "password", password),
                "test"));
    }

    public static PostgresConfig config(SourceDatabase database, String user, String password) {
        return new PostgresConfig(
                database.server().jdbcUrl(database.name()),
                Map.of("user", user, "password", password),
                "postgresql://" + user + "@test/" + database.name());
    }

    /** Creates a role that may log in with its own name as password, and nothing else; the name is new. */
    public static String createRole(SourceDatabase database) throws SQLException {
        String role = "role_" + database.name();
        database.execute("CREATE ROLE " + role + " LOGIN PASSWORD '" + role + "'");
        return role;
    }

    /** A session of its own breaker, which is given up when the run has ended. */
    public static PgSession session(PgConnections connections, RunControl control, String... setUp) {
        return session(connections, new Breaker("PostgreSQL", Duration.ofMinutes(10), control), control, setUp);
    }

    public static PgSession session(PgConnections connections, Breaker breaker, RunControl control, String... setUp) {
        return new PgSession(connections, "test", Duration.ofMinutes(1), List.of(setUp), breaker, control);
    }

    /** Breaks the connection of each {@link #session} that has one; says how many there were. */
    public static int terminateBackends(SourceDatabase database) throws Exception {
        String pids =
                database.query("SELECT string_agg(pid::text, ',')" + BACKENDS).orElse("");
        for (String pid : pids.isEmpty() ? new String[0] : pids.split(",")) {
            terminate(database, pid);
        }
        return pids.isEmpty() ? 0 : pids.split(",").length;
    }

    /** Ends a backend, and waits until it is gone. */
    public static void terminate(SourceDatabase database, String pid) throws Exception {
        database.execute("SELECT pg_terminate_backend(" + pid + ")");
        Await.until(
                Duration.ofSeconds(30),
                "backend " + pid + " is gone",
                () -> database.query("SELECT 1 FROM pg_stat_activity WHERE pid = " + pid)
                        .isEmpty());
    }

    /** Waits until no {@link #session} has a connection any more. */
    public static void awaitNone(SourceDatabase database) throws Exception {
        Await.until(
                Duration.ofSeconds(30),
                "connections are closed",
                () -> database.query("SELECT 1" + BACKENDS).isEmpty());
    }

    /** Waits until a {@link #session} waits for a lock. */
    public static void awaitLockWait(SourceDatabase database) throws Exception {
        Await.until(
                Duration.ofSeconds(30),
                "a session waits for a lock",
                () -> database.query("SELECT 1" + BACKENDS + "AND wait_event_type = 'Lock'")
                        .isPresent());
    }
}
