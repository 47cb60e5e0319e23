package ch.tocco.lomigrate.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.postgres.PgConnections;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.wire.FaultProxy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A disk that is full, or not to be written to, while large objects are read: {@code /dev/full} is such a one. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
final class SpillRoomIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path parent;

    private final RunControl control = new RunControl();
    private final Counters counters = new Counters();
    private final ByteBudget disk = new ByteBudget(8 << 20, control::ended);
    private Breaker room = new Breaker("the spill directory", Duration.ofMinutes(10), control);

    private SourceDatabase database;
    private SpillDir spillDir;
    private volatile boolean full = true;
    private volatile long free;

    @BeforeEach
    void open(SourceDatabase fresh) throws IOException {
        database = fresh;
        control.onEnd(disk::wake);
        spillDir = SpillDir.create(parent);
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(counters.balanced()).as("books balance").isTrue();
        assertThat(disk.used()).as("disk still taken").isZero();
        spillDir.close();
        assertThat(parent).isEmptyDirectory();
    }

    /** The real directory, on a disk that is full while the test says so. */
    private final class FullDisk implements SpillFiles {
        @Override
        public SpillWriter newFile() throws IOException {
            SpillWriter real = spillDir.newFile();
            if (!full) {
                return real;
            }
            real.close();
            return new SpillWriter(real.file(), FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE));
        }

        @Override
        public long freeBytes() {
            return full ? free : Long.MAX_VALUE;
        }

        @Override
        public boolean isThere() {
            return spillDir.isThere();
        }
    }

    private boolean take(LoEvent event) {
        counters.committed().done(event.bytes());
        event.clear();
        return true;
    }

    /** Receives one object of 100 kB by way of a spill file. */
    private CompletableFuture<Void> receive(SpillFiles files) throws SQLException {
        return receive(files, 100_000, Sessions.connections(database));
    }

    private CompletableFuture<Void> receive(SpillFiles files, int bytes, PgConnections connections)
            throws SQLException {
        var row = database.insertGenerated(1, bytes, "a/b");
        var receiver = new Receiver(
                Sessions.session(connections, control),
                control,
                counters,
                new Books(counters),
                Sessions.SQL,
                new Receiver.Small(-1, disk, this::take),
                new Receiver.Giants(files, disk, room, size -> Optional.empty(), this::take),
                1,
                Optional.empty());
        LoEvent[] events = new LoEvent[1];
        receiver.ready(events);
        events[0].listed(Rows.of(row.hash(), row.size(), row.mimeType(), row.oid()));
        counters.observed().done(row.size());
        return Background.run(() -> {
                    try {
                        receiver.work(events, 1);
                    } finally {
                        receiver.finish();
                    }
                })
                .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void diskThatOthersHaveFilledIsWaitedForAndFailsNothing() throws Exception {
        var receiving = receive(new FullDisk());
        Await.until(LIMIT, "the wait is shown", () -> room.waiting().isPresent());
        assertThat(room.waiting().orElseThrow())
                .contains("waiting for the spill directory", "nothing can be written to it");
        full = false;
        receiving.join();
        assertThat(counters.committed().objects()).isOne();
        assertThat(room.waiting()).isEmpty();
    }

    @Test
    void diskThatTheRunsOwnFilesFillIsWaitedForUntilOneOfThemIsStored() throws Exception {
        disk.take(1000);
        var receiving = receive(new FullDisk());
        Await.stays(Duration.ofMillis(500), "there is no room", () -> !receiving.isDone());
        assertThat(room.waiting()).as("no other process has to make room").isEmpty();
        full = false;
        disk.giveBack(1000);
        receiving.join();
        assertThat(counters.committed().objects()).isOne();
    }

    @Test
    void othersTryForRoomAsSoonAsAGiantHasSomeAndNotOnlyWhenItIsThere() throws Exception {
        full = false;
        room.failed("there was none");
        try (var proxy =
                FaultProxy.to(database.server().host(), database.server().port())) {
            proxy.weather(FaultProxy.Weather.drip(4096, Duration.ofMillis(20)));
            var receiving = receive(new FullDisk(), 4_000_000, Sessions.connections(database, proxy));
            Await.until(LIMIT, "it has the turn", () -> disk.used() > 0);
            Await.until(LIMIT, "others may try", room::tryTurn);
            assertThat(receiving).isNotDone();
            proxy.weather(FaultProxy.Weather.FAIR);
            receiving.join();
        }
        assertThat(counters.committed().objects()).isOne();
    }

    @Test
    void fullDiskThatOutlastsTheTimeoutEndsTheRun() throws Exception {
        room = new Breaker("the spill directory", Duration.ofMillis(300), control);
        receive(new FullDisk()).join();
        assertThat(control.abortReason()).hasValueSatisfying(reason -> {
            assertThat(reason.kind()).isEqualTo(RunAborted.Kind.OUTAGE);
            assertThat(reason).hasMessageContaining("the spill directory").hasMessageContaining("nothing can be");
        });
        assertThat(counters.discardedCount()).isOne();
    }

    @Test
    void stopEndsTheWait() throws Exception {
        var receiving = receive(new FullDisk());
        Await.until(LIMIT, "the wait is shown", () -> room.waiting().isPresent());
        control.stop();
        receiving.join();
        assertThat(counters.discardedCount()).isOne();
    }

    /** Such as one beyond the largest file that the file system takes. */
    @Test
    void objectThatCannotBeWrittenThoughThereIsRoomFailsAlone() throws Exception {
        free = 100_000;
        receive(new FullDisk()).join();
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.SPILL, 1L));
        assertThat(room.waiting()).isEmpty();
        assertThat(room.tryTurn()).isTrue();
    }

    @Test
    void directoryThatWasRemovedEndsTheRun() throws Exception {
        Files.delete(Path.of(spillDir.toString(), "lock"));
        Files.delete(Path.of(spillDir.toString()));
        assertThatThrownBy(() -> receive(spillDir).join())
                .hasRootCauseInstanceOf(NoSuchFileException.class)
                .cause()
                .isInstanceOf(RunAborted.class)
                .hasMessageContaining("was removed during the run");
        assertThat(counters.discardedCount()).isOne();
    }
}
