package ch.tocco.lomigrate.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.observer.TableCount;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.PostgresServer;
import ch.tocco.lomigrate.testkit.wire.FaultProxy;
import ch.tocco.lomigrate.testkit.wire.Trigger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Which session may do what when: above all the count, for which others have taken all connections (53300). */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
final class SessionsIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final RunControl control = new RunControl();
    private final Breaker breaker = new Breaker("PostgreSQL", Duration.ofMinutes(10), control);

    private SourceDatabase database;
    private String role;
    private PgConnections limited;

    @BeforeEach
    void limitConnections(SourceDatabase fresh) throws SQLException {
        database = fresh;
        role = ch.tocco.lomigrate.testkit.Sessions.createRole(database);
        database.execute("GRANT SELECT ON _nice_binary TO " + role);
        database.execute("ALTER ROLE " + role + " CONNECTION LIMIT 1");
        limited = ch.tocco.lomigrate.testkit.Sessions.connections(database, role, role);
    }

    private Sessions sessions(PgConnections connections, Duration outageTimeout) {
        var faults = new FaultConfig(outageTimeout, Duration.ofSeconds(60), Optional.empty(), Duration.ofHours(24));
        return new Sessions(
                connections, connections, faults, breaker, control, Sessions.toCommit(control, Duration.ZERO));
    }

    /** A standby may be read from one day, but hashes are written to the primary. */
    @Test
    void hashesAreWrittenByOtherConnectionsThanRowsAreReadBy() throws Exception {
        PgConnections all = ch.tocco.lomigrate.testkit.Sessions.connections(database);
        var faults =
                new FaultConfig(Duration.ofMinutes(1), Duration.ofSeconds(60), Optional.empty(), Duration.ofHours(24));
        var sessions = new Sessions(limited, all, faults, breaker, control, Sessions.toCommit(control, Duration.ZERO));
        try (var listing = sessions.listing()) {
            assertThat(roleOf(listing)).isEqualTo(role);
        }
        try (var reading = sessions.reading("receiver", 0)) {
            assertThat(roleOf(reading)).isEqualTo(role);
        }
        try (var committing = sessions.committing(0)) {
            assertThat(roleOf(committing)).isNotEqualTo(role);
        }
    }

    private static String roleOf(PgSession session) throws Exception {
        return session.<String, Exception>call(connection -> {
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery("SELECT current_user")) {
                row.next();
                return row.getString(1);
            }
        });
    }

    /** The first commit of a run may come after its stop. */
    @Test
    void whatIsStoredIsCommittedAfterAStopWithoutGrace() throws Exception {
        PgConnections all = ch.tocco.lomigrate.testkit.Sessions.connections(database);
        control.stop();
        try (var committing = sessions(all, Duration.ofMinutes(1)).committing(0)) {
            assertThat(committing.<Boolean, SQLException>call(connection -> connection.isValid(10)))
                    .isTrue();
        }
    }

    @Test
    void countThatGetsNoConnectionEndsNoRunAndLetsNobodyWait() throws Exception {
        try (Connection other = limited.open("other");
                var counting = sessions(limited, Duration.ZERO).counting()) {
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
        PostgresServer server = database.server();
        // the first refusal passes and is heard, the second one tells that there was a first
        Trigger refusedTwice = Trigger.onRequest("user").onAnswer("C53300").skip(1);
        try (FaultProxy proxy = FaultProxy.to(server.host(), server.port())) {
            proxy.arm(refusedTwice);
            PgConnections proxied = ch.tocco.lomigrate.testkit.Sessions.connections(database, proxy, role, role);
            try (Connection other = limited.open("other")) {
                TableCount.start(sessions(proxied, Duration.ofMinutes(10)).counting(), sql, counters);
                Await.until(LIMIT, "connections are refused", () -> refusedTwice.fired() > 0);
                assertThat(other.isValid(10)).isTrue();
                assertThat(counters.totals()).isNull();
            }
            Await.until(LIMIT, "the count", () -> counters.totals() != null);
        }
        assertThat(counters.totals().rows()).isEqualTo(1);
        assertThat(control.ended()).isFalse();
    }
}
