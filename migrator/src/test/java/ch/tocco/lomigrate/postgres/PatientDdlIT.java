package ch.tocco.lomigrate.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A strong lock is waited for in small doses. */
@ExtendWith(Backends.class)
@Timeout(120)
final class PatientDdlIT {
    @Test
    void waitsForALockWithoutHoldingOthersUp(SourceDatabase database) throws Exception {
        try (Connection reader = database.connect();
                Connection own = Sessions.connections(database).open("test")) {
            reader.setAutoCommit(false);
            try (var statement = reader.createStatement()) {
                statement.execute("SELECT count(*) FROM _nice_binary");
            }
            var ddl = Background.run(() ->
                    new PatientDdl(own, RunEnd.NEVER).execute("ALTER TABLE _nice_binary ADD COLUMN more integer"));
            for (int i = 0; i < 15; i++) {
                // Would queue up behind the ALTER TABLE, were that to wait for as long as the reader takes.
                database.execute("SET statement_timeout = '10s';" + "INSERT INTO _nice_binary VALUES (lpad('" + i
                        + "', 40, '0'), 1, '', 1)");
                Thread.sleep(100);
            }
            assertThat(ddl).isNotDone();
            reader.commit();
            ddl.join();
            assertThat(own.getAutoCommit()).isTrue();
        }
        assertThat(database.query("SELECT count(more) FROM _nice_binary")).contains("0");
    }

    @Test
    void passesOnWhatIsWrongWithTheStatement(SourceDatabase database) throws Exception {
        try (Connection own = Sessions.connections(database).open("test")) {
            assertThatThrownBy(() ->
                            new PatientDdl(own, RunEnd.NEVER).execute("ALTER TABLE missing ADD COLUMN more integer"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("missing");
            assertThat(own.getAutoCommit()).isTrue();
        }
    }
}
