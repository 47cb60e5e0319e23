package ch.tocco.lomigrate.locks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.Shard;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which runs may work on a table at the same time, who is named where they may not, and who waits. */
@ExtendWith(Backends.class)
@Timeout(120)
final class ShardLockIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long TABLE = 3_000_000_001L;
    private static final Optional<Shard> ALL = Optional.empty();

    private final RunControl control = new RunControl();
    private SourceDatabase database;

    @BeforeEach
    void open(SourceDatabase fresh) {
        database = fresh;
    }

    private static Optional<Shard> shard(int number, int count) {
        return Optional.of(new Shard(number, count));
    }

    private static FaultConfig faults(Duration outageTimeout) {
        return new FaultConfig(outageTimeout, Duration.ofSeconds(5), Optional.empty(), Duration.ZERO);
    }

    private RunLock take(Optional<Shard> shard) throws SQLException, RefusedException {
        return take(shard, Duration.ofMinutes(30), control);
    }

    private RunLock take(Optional<Shard> shard, Duration outageTimeout, RunControl own)
            throws SQLException, RefusedException {
        return RunLock.take(Sessions.connections(database), own, TABLE, faults(outageTimeout), shard);
    }

    private List<Holder> holders() throws SQLException {
        try (Connection connection = database.connect()) {
            return Holder.of(connection, TABLE);
        }
    }

    @Test
    void shardsOfOneNumberWorkTogetherAndAreSeen() throws Exception {
        try (RunLock first = take(shard(1, 3));
                RunLock last = take(shard(3, 3))) {
            assertThat(first).isNotSameAs(last);
            assertThat(holders()).extracting(Holder::shard).containsExactly(shard(1, 3), shard(3, 3));
            assertThat(holders())
                    .allSatisfy(holder -> assertThat(holder.process()).contains(Holder.thisProcess()));
        }
        Await.until(LIMIT, "nothing is held", () -> holders().isEmpty());
    }

    @Test
    void runOverAllRowsIsRefusedWhileShardsWork() throws Exception {
        try (RunLock first = take(shard(4095, 4095))) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> take(ALL))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("1 shards work on this table (shard 4095/4095, backend pid "
                            + holders().get(0).backend())
                    .hasMessageContaining("process " + ProcessHandle.current().pid() + " on host ");
        }
    }

    @Test
    void shardIsRefusedWhileARunOverAllRowsWorks() throws Exception {
        try (RunLock all = take(ALL)) {
            assertThat(all).isNotNull();
            assertThatThrownBy(() -> take(shard(1, 2)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("a run over all rows works on this table (backend pid "
                            + holders().get(0).backend());
        }
    }

    @Test
    void shardOfAnotherNumberIsRefused() throws Exception {
        try (RunLock first = take(shard(2, 8))) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> take(shard(2, 16)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("another number of shards works on this table (shard 2/8, backend pid ")
                    .hasMessageContaining("this one would be shard 2/16");
        }
        Await.until(LIMIT, "nothing is held", () -> holders().isEmpty());
        take(shard(2, 16)).close();
    }

    /** That is what a shard meets that an engine starts elsewhere while the first process still lives. */
    @Test
    void sameShardIsWaitedFor() throws Exception {
        RunLock first = take(shard(1, 2));
        CompletableFuture<RunLock> second = CompletableFuture.supplyAsync(() -> {
            try {
                return take(shard(1, 2));
            } catch (SQLException | RefusedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(second).as("while the first has it").failsWithin(Duration.ofSeconds(3));
        first.close();
        second.get(60, TimeUnit.SECONDS).close();
    }

    @Test
    void waitingEndsAfterTheOutageTimeoutAndSaysWhoHoldsTheShard() throws Exception {
        try (RunLock first = take(shard(1, 2))) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> take(shard(1, 2), Duration.ofSeconds(2), control))
                    .isInstanceOf(RunAborted.class)
                    .hasMessageContaining("another process works on shard 1/2 (shard 1/2, backend pid "
                            + holders().get(0).backend())
                    .hasMessageContaining("longer than --outage-timeout")
                    .extracting(e -> ((RunAborted) e).kind())
                    .isEqualTo(RunAborted.Kind.OUTAGE);
        }
    }

    @Test
    void waitingEndsWhenTheRunIsStopped() throws Exception {
        try (RunLock first = take(shard(1, 2))) {
            assertThat(first).isNotNull();
            RunControl stopped = new RunControl();
            CompletableFuture<RunLock> second = CompletableFuture.supplyAsync(() -> {
                try {
                    return take(shard(1, 2), Duration.ofMinutes(30), stopped);
                } catch (SQLException | RefusedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(second).as("while the first has it").failsWithin(Duration.ofSeconds(2));
            stopped.stop();
            assertThatThrownBy(() -> second.get(60, TimeUnit.SECONDS)).hasStackTraceContaining("stopped before");
        }
    }

    /** Two processes never have a shard: who lost it to another ends. */
    @Test
    void shardThatLosesItsLockToAnotherProcessEnds() throws Exception {
        try (RunLock first = take(shard(1, 2))) {
            assertThat(first).isNotNull();
            Sessions.terminate(database, "" + holders().get(0).backend());
            try (RunLock second = take(shard(1, 2), Duration.ofMinutes(30), new RunControl())) {
                assertThat(second).isNotNull();
                Await.until(LIMIT, "the first run ends", control::ended);
                assertThat(control.abortReason().orElseThrow())
                        .hasMessageContaining("the run lock was lost: another process works on shard 1/2");
            }
        }
    }

    /** So the server drops it half a minute after its client's machine has vanished. */
    @Test
    void serverWatchesTheConnectionThatHoldsTheLock() throws Exception {
        try (Connection held = LockConnection.open(Sessions.connections(database), Duration.ZERO, RunEnd.NEVER, ALL);
                var statement = held.createStatement();
                var row = statement.executeQuery("SELECT concat_ws(' ', current_setting('tcp_keepalives_idle'),"
                        + " current_setting('tcp_keepalives_interval'), current_setting('tcp_keepalives_count'),"
                        + " current_setting('tcp_user_timeout'))")) {
            row.next();
            assertThat(row.getString(1)).isIn("15 5 3 30s", "15 5 3 30000");
        }
    }

    @Test
    void whatATableNeedsOnceIsMadeByOneAtATime() throws Exception {
        SetUpLock first = SetUpLock.take(Sessions.connections(database), control, TABLE, faults(LIMIT), shard(1, 2));
        CompletableFuture<SetUpLock> second = CompletableFuture.supplyAsync(() -> {
            try {
                return SetUpLock.take(Sessions.connections(database), control, TABLE, faults(LIMIT), shard(2, 2));
            } catch (RefusedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(second).as("while the first sets up").failsWithin(Duration.ofSeconds(3));
        assertThat(holders()).as("who sets up works on no rows").isEmpty();
        first.close();
        second.get(60, TimeUnit.SECONDS).close();
    }
}
