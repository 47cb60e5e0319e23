package ch.tocco.lomigrate.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.control.RunControl;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Backends;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.SourceDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** One run per table, also when the connection that says so breaks. */
@ExtendWith(Backends.class)
@Timeout(120)
final class RunLockIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Beyond the signed integers, as oids of old clusters are. */
    private static final long TABLE = 3_000_000_001L;

    private final RunControl control = new RunControl();
    private SourceDatabase database;

    @BeforeEach
    void open(SourceDatabase fresh) {
        database = fresh;
    }

    private RunLock take(long table) throws Exception {
        return RunLock.take(Sessions.connections(database), control, table);
    }

    private Optional<String> holder() throws SQLException {
        return database.query("SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database"
                + " WHERE locktype = 'advisory' AND granted AND datname = current_database()");
    }

    private void terminate(String pid) throws SQLException {
        database.execute("SELECT pg_terminate_backend(" + pid + ", 10000)");
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
    void lockGoesWithTheRun() throws Exception {
        take(TABLE).close();
        Await.until(LIMIT, "the lock is free", () -> holder().isEmpty());
        take(TABLE).close();
    }

    @Test
    void otherTablesAndDatabasesAreOtherLocks() throws Exception {
        var other = SourceDatabase.create(database.server());
        try (RunLock first = take(TABLE);
                RunLock second = take(TABLE + 1);
                RunLock third = RunLock.take(Sessions.connections(other), control, TABLE)) {
            assertThat(first).isNotSameAs(second).isNotSameAs(third);
        }
    }

    @Test
    void lockIsTakenAgainWhenItsConnectionBreaks() throws Exception {
        try (RunLock lock = take(TABLE)) {
            assertThat(lock).isNotNull();
            String pid = holder().orElseThrow();
            terminate(pid);
            Await.until(LIMIT, "the lock is taken again", () -> holder().isPresent());
            assertThat(holder()).isNotEqualTo(Optional.of(pid));
            assertThat(control.ended()).isFalse();
        }
    }

    @Test
    void runIsAbortedIfAnotherHasTheLockByThen() throws Exception {
        try (RunLock lock = take(TABLE)) {
            assertThat(lock).isNotNull();
            terminate(holder().orElseThrow());
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
