package ch.tocco.lomigrate.receiver;

import static ch.tocco.lomigrate.receiver.ReceiverFixture.DISK;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.receiver.ReceiverFixture.Way;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.wire.FaultProxy;
import ch.tocco.lomigrate.testkit.wire.FaultProxy.Weather;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A run, or one of its connections, that ends while large objects are read. Nothing is left behind. */
@ExtendWith(Backends.class)
@Timeout(120)
final class ReceiverStopIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofMillis(200);

    @TempDir
    private Path parent;

    private SourceDatabase database;
    private ReceiverFixture run;

    @BeforeEach
    void open(SourceDatabase fresh) throws IOException {
        database = fresh;
        run = new ReceiverFixture(database, parent);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        run.assertNothingIsLeft();
        Sessions.awaitNone(database);
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsReadOnceTheRunHasEnded(Way way) throws Exception {
        var rows = List.of(run.good(1, 100), run.good(2, 100), run.good(3, 100));
        run.control.stop();
        run.receive(way, rows);
        assertThat(run.received).isEmpty();
        assertThat(run.counters.discardedCount()).isEqualTo(3);
    }

    @Test
    void waitForRoomInTheSpillDirectoryEndsWithTheRun() throws Exception {
        var row = run.good(1, 100);
        run.disk.take(DISK);
        var working = Background.run(() -> run.receive(Way.FILE, List.of(row)));
        Await.stays(MOMENT, "it waits for room", () -> !working.isDone());
        run.control.stop();
        working.join();
        run.disk.giveBack(DISK);
        assertThat(run.counters.discardedCount()).isOne();
    }

    @Test
    void streamEndsWithTheRunAndTheFileGoes() throws Exception {
        var row = run.good(1, (int) DISK);
        try (FaultProxy proxy =
                FaultProxy.to(database.server().host(), database.server().port())) {
            run.connections = Sessions.connections(database, proxy);
            // The whole object would take half a minute, and be received.
            proxy.weather(Weather.drip(16 << 10, Duration.ofMillis(60)));
            var working = Background.run(() -> run.receive(Way.FILE, List.of(row)));
            Await.until(LIMIT, "the file grows", () -> {
                var files = run.spillFiles();
                return !files.isEmpty() && Files.size(files.get(0)) > 0;
            });
            run.control.stop();
            working.join();
        }
        assertThat(run.counters.discardedCount()).isOne();
        assertThat(run.received).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void storersThatTakeNothingMoreCostNothing(Way way) throws Exception {
        var receiver = run.receiver(way, 2, event -> false);
        run.receive(receiver, List.of(run.good(1, 100), run.good(2, 100)));
        receiver.finish();
        assertThat(run.counters.discardedCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void brokenConnectionIsReplacedAndTheObjectReadAgain(Way way) throws Exception {
        var receiver = run.receiver(way, 1, run::take);
        for (SourceRow row : List.of(run.good(1, 1000), run.good(2, 1000))) {
            run.receive(receiver, List.of(row));
            run.assertReceived(row, way);
            assertThat(Sessions.terminateBackends(database)).isOne();
        }
        receiver.finish();
    }

    @ParameterizedTest
    @EnumSource
    void manyRunsUseOneConnectionAndLeaveNoneBehind(Way way) throws Exception {
        var receiver = run.receiver(way, 1, run::take);
        for (int i = 0; i < 5; i++) {
            run.receive(receiver, List.of(run.good(i, 100)));
            assertThat(database.query("SELECT count(*)" + Sessions.BACKENDS)).contains("1");
        }
        receiver.finish();
        Sessions.awaitNone(database);
        assertThat(run.received).hasSize(5);
    }
}
