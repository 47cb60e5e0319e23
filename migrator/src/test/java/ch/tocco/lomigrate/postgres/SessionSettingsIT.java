package ch.tocco.lomigrate.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a role has set for its sessions does not reach the tool's. */
@ExtendWith(Backends.class)
final class SessionSettingsIT {
    private static Connection open(SourceDatabase database, String role) throws SQLException {
        return Sessions.connections(database, role, role).open("test", Duration.ZERO, RunEnd.NEVER);
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SHOW " + setting)) {
            row.next();
            return row.getString(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "row_security, on, off",
        "statement_timeout, 5s, 0",
        "lock_timeout, 5s, 0",
        "idle_in_transaction_session_timeout, 5s, 0",
        "idle_session_timeout, 5s, 0",
        "default_transaction_isolation, serializable, read committed",
        "transform_null_equals, on, off",
        "quote_all_identifiers, on, off",
        "plan_cache_mode, force_custom_plan, auto",
        // somebody protects the data by it
        "default_transaction_read_only, on, on",
    })
    void settingOfTheRoleIs(String setting, String ofRole, String ofSession, SourceDatabase database) throws Exception {
        String role = Sessions.createRole(database);
        database.execute("ALTER ROLE " + role + " SET " + setting + " = '" + ofRole + "'");
        try (Connection connection = open(database, role)) {
            assertThat(show(connection, setting)).isEqualTo(ofSession);
        }
    }

    /** PostgreSQL's own rule, which the tool relies on: with the setting off it never filters. */
    @Test
    void tableWhoseRowsWouldBeHiddenIsRefusedByTheServer(SourceDatabase database) throws Exception {
        String role = Sessions.createRole(database);
        database.insertGenerated(1, 10, "text/plain");
        database.execute("GRANT SELECT ON _nice_binary TO " + role);
        database.execute("ALTER TABLE _nice_binary ENABLE ROW LEVEL SECURITY");
        try (Connection connection = open(database, role);
                var statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.executeQuery("SELECT count(*) FROM _nice_binary"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }
}
