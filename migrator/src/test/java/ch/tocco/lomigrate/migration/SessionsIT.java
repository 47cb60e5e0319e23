package ch.tocco.lomigrate.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.control.Breaker;
import ch.tocco.lomigrate.control.RunControl;
import ch.tocco.lomigrate.control.RunEndedException;
import ch.tocco.lomigrate.control.StopGrace;
import ch.tocco.lomigrate.monitor.Counters;
import ch.tocco.lomigrate.observer.TableCount;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Backends;
import ch.tocco.lomigrate.testkit.SourceDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The count of the rows, for which there is no connection because others have taken all (53300). */
@ExtendWith(Backends.class)
@Timeout(120)
final class SessionsIT {
    private final RunControl control = new RunControl();
    private final Breaker breaker = new Breaker("PostgreSQL", Duration.ofMinutes(10), control);

    private SourceDatabase database;
    private PgConnections limited;

    @BeforeEach
    void limitConnections(SourceDatabase fresh) throws SQLException {
        database = fresh;
        String role = ch.tocco.lomigrate.testkit.Sessions.createRole(database);
        database.execute("GRANT SELECT ON _nice_binary TO " + role);
        database.execute("ALTER ROLE " + role + " CONNECTION LIMIT 1");
        limited = ch.tocco.lomigrate.testkit.Sessions.connections(database, role, role);
    }

    private Sessions sessions(Duration outageTimeout) {
        var faults = new FaultConfig(outageTimeout, Duration.ofSeconds(60), Optional.empty(), Duration.ofHours(24));
        return new Sessions(limited, faults, breaker, control, new StopGrace(control, Duration.ZERO));
    }

    @Test
    void countThatGetsNoConnectionEndsNoRunAndLetsNobodyWait() throws Exception {
        try (Connection other = limited.open("other");
                var counting = sessions(Duration.ZERO).counting()) {
            assertThat(other.isValid(10)).isTrue();
            assertThatThrownBy(() -> counting.call(Connection::getSchema)).isInstanceOf(RunEndedException.class);
        }
        assertThat(control.ended()).isFalse();
        assertThat(breaker.tryTurn()).isTrue();
    }

    @Test
    void countIsMadeWhenAConnectionIsFree() throws Exception {
        database.insertGenerated(1, 100, "text/plain");
        var counters = new Counters();
        var sql = ch.tocco.lomigrate.testkit.Sessions.SQL;
        try (Connection other = limited.open("other")) {
            TableCount.start(sessions(Duration.ofMinutes(10)).counting(), sql, counters);
            Thread.sleep(500);
            assertThat(other.isValid(10)).isTrue();
            assertThat(counters.totals()).isNull();
        }
        Await.until(Duration.ofSeconds(90), "the count", () -> counters.totals() != null);
        assertThat(counters.totals().rows()).isEqualTo(1);
    }
}
