package ch.tocco.lomigrate.locks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.PostgresServer;
import ch.tocco.lomigrate.testkit.wire.FaultProxy;
import ch.tocco.lomigrate.testkit.wire.FaultProxy.Weather;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One run per table, also when the connection that says so breaks. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
@Tag("slow")
final class RunLockIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Beyond the signed integers, as oids of old clusters are. */
    private static final long TABLE = 3_000_000_001L;

    private static final FaultConfig FAULTS = new FaultConfig(
            FaultConfig.DEFAULT_OUTAGE_TIMEOUT,
            Duration.ofSeconds(5),
            Optional.empty(),
            FaultConfig.DEFAULT_STALE_UPLOADS);

    private final RunControl control = new RunControl();
    private SourceDatabase database;

    @BeforeEach
    void open(SourceDatabase fresh) {
        database = fresh;
    }

    private RunLock take(long table) throws Exception {
        return RunLock.take(Sessions.connections(database), control, table, FAULTS, Optional.empty());
    }

    private Optional<String> holder() throws SQLException {
        return database.query("SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database"
                + " WHERE locktype = 'advisory' AND granted AND datname = current_database()");
    }

    @Test
    void secondRunIsRefusedNamingTheFirstOnesBackend() throws Exception {
        try (RunLock first = take(TABLE)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> take(TABLE))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("backend pid " + holder().orElseThrow())
                    .hasMessageContaining("--no-lock");
        }
    }

    @Test
    void lockEndsWithTheRun() throws Exception {
        take(TABLE).close();
        Await.until(LIMIT, "the lock is free", () -> holder().isEmpty());
        take(TABLE).close();
    }

    @Test
    void otherTablesAndDatabasesAreOtherLocks() throws Exception {
        var other = SourceDatabase.create(database.server());
        try (RunLock first = take(TABLE);
                RunLock second = take(TABLE + 1);
                RunLock third = RunLock.take(Sessions.connections(other), control, TABLE, FAULTS, Optional.empty())) {
            assertThat(first).isNotSameAs(second).isNotSameAs(third);
        }
    }

    @Test
    void lockIsTakenAgainWhenItsConnectionBreaks() throws Exception {
        try (RunLock lock = take(TABLE)) {
            assertThat(lock).isNotNull();
            String pid = holder().orElseThrow();
            Sessions.terminate(database, pid);
            Await.until(LIMIT, "the lock is taken again", () -> holder().isPresent());
            assertThat(holder()).isNotEqualTo(Optional.of(pid));
            assertThat(control.ended()).isFalse();
        }
    }

    /** The server does not notice that the network to its client broke, and keeps the lock for it. */
    @Test
    void lockThatTheRunsOwnFormerBackendStillHoldsIsTakenFromIt() throws Exception {
        PostgresServer server = database.server();
        try (FaultProxy first = FaultProxy.to(server.host(), server.port());
                FaultProxy second = FaultProxy.to(server.host(), server.port())) {
            String url = "jdbc:postgresql://127.0.0.1:%d,127.0.0.1:%d/%s"
                    .formatted(first.port(), second.port(), database.name());
            var connections = new PgConnections(new PostgresConfig(
                    url, Map.of("user", server.user(), "password", server.password(), "sslmode", "prefer"), "test"));
            try (RunLock lock = RunLock.take(connections, control, TABLE, FAULTS, Optional.empty())) {
                assertThat(lock).isNotNull();
                String pid = holder().orElseThrow();
                first.weather(Weather.BLACK_HOLE);
                Await.until(
                        LIMIT,
                        "another backend has the lock, or the run ends",
                        () -> control.ended()
                                || holder().filter(other -> !other.equals(pid)).isPresent());
                assertThat(control.abortReason()).isEmpty();
            }
        }
    }

    @Test
    void runIsAbortedIfAnotherHasTheLockByThen() throws Exception {
        try (RunLock lock = take(TABLE)) {
            assertThat(lock).isNotNull();
            Sessions.terminate(database, holder().orElseThrow());
            try (RunLock other = take(TABLE)) {
                assertThat(other).isNotNull();
                Await.until(LIMIT, "the first run ends", control::ended);
                assertThat(control.abortReason().orElseThrow())
                        .hasMessageContaining("lock was lost")
                        .hasMessageContaining("backend pid " + holder().orElseThrow());
            }
        }
    }
}
