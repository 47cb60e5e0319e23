package ch.tocco.lomigrate.testkit;

import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.config.SourceTable;
import ch.tocco.lomigrate.control.Breaker;
import ch.tocco.lomigrate.control.RunControl;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.postgres.SourceSql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The tool's own connections and sessions to a test database, for tests of single stages. */
public final class Sessions {
    public static final SourceSql SQL = new SourceSql(SourceTable.NICE_BINARY);

    private Sessions() {}

    /** Connections of the superuser. */
    public static PgConnections connections(SourceDatabase database) {
        PostgresServer server = database.server();
        return connections(database, server.user(), server.password());
    }

    public static PgConnections connections(SourceDatabase database, String user, String password) {
        return new PgConnections(config(database, user, password));
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
        return new PgSession(connections, "test", Duration.ofMinutes(1), List.of(setUp), breaker, control::ended);
    }
}
