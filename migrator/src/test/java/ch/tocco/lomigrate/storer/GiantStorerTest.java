package ch.tocco.lomigrate.storer;

import static ch.tocco.lomigrate.storer.GiantStage.PART;
import static ch.tocco.lomigrate.storer.GiantStage.PART_REQUESTS;
import static ch.tocco.lomigrate.storer.GiantStage.operation;
import static ch.tocco.lomigrate.storer.GiantStage.part;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.store.HeldRequests;
import ch.tocco.lomigrate.store.MemoryObjectStore;
import ch.tocco.lomigrate.store.MemoryObjectStore.Operation;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.data.Digests;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spill files on their way into a store: in one request or in parts, and the file stays as long as it is read. */
@Timeout(60)
final class GiantStorerTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final StorerFixture run = new StorerFixture();
    private final HeldRequests held = new HeldRequests();
    private GiantStage stage;

    @BeforeEach
    void start() {
        stage = new GiantStage(run, directory);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void objectUpToThePartSizeGoesInOneRequest() throws Exception {
        stage.put(1, PART);
        stage.put(2, 1);
        stage.drainAndAssertSettled();
        assertThat(run.store.requests()).allMatch(operation(Operation.PUT)).hasSize(2);
        assertThat(run.committed).hasSize(2);
    }

    @Test
    void largerObjectGoesInPartsAndIsComparedByLength() throws Exception {
        String key = stage.put(1, 5 * PART + 1);
        stage.drainAndAssertSettled();
        assertThat(run.store.count(Operation.PUT)).isZero();
        assertThat(run.store.count(Operation.PART)).isEqualTo(6);
        assertThat(run.store.count(Operation.LENGTH)).isOne();
        var stored = run.store.objects().get(key);
        assertThat(Digests.of(stored.bytes()).sha256()).isEqualTo(key);
        assertThat(stored.contentType()).isEqualTo("text/plain");
        assertThat(stored.metadata()).containsEntry("sha256", key).containsEntry("oid", "2");
        assertThat(run.committed).containsExactly(key);
    }

    @Test
    void manyAtOnceShareTheRequestsForParts() throws Exception {
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        run.store.before(request -> {
            if (request.operation() != Operation.PART) {
                return MemoryObjectStore.atOnce();
            }
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            return CompletableFuture.runAsync(
                    now::decrementAndGet, CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS));
        });
        for (int i = 1; i <= 20; i++) {
            stage.put(i, i * 700);
        }
        stage.drainAndAssertSettled();
        assertThat(run.store.objects()).hasSize(20);
        run.store
                .objects()
                .forEach((key, stored) ->
                        assertThat(Digests.of(stored.bytes()).sha256()).isEqualTo(key));
        assertThat(most.get()).as("parts at once").isBetween(2, PART_REQUESTS);
    }

    /** Whichever comes first in the file. */
    @ParameterizedTest
    @CsvSource({"1, 2", "2, 1"})
    void fileStaysUntilNoPartIsReadAnyMore(int refused, int slow) throws Exception {
        // The refused one may come first, and the slow one would then not be sent at all.
        var slowIsUnderWay = new CompletableFuture<Void>();
        run.store.before(request -> {
            if (part(refused).test(request)) {
                return slowIsUnderWay.thenCompose(
                        sent -> MemoryObjectStore.fault(FaultKind.OBJECT, FailureReason.REFUSED));
            }
            if (!part(slow).test(request)) {
                return MemoryObjectStore.atOnce();
            }
            var gate = held.apply(request);
            slowIsUnderWay.complete(null);
            return gate;
        });
        stage.put(1, 3 * PART);
        Await.until(
                LIMIT,
                "one part was refused",
                () -> run.store.requests().stream().anyMatch(part(refused)));
        var underWay = held.next();
        Await.stays(
                Duration.ofMillis(200),
                "nothing is settled while a part is under way",
                () -> Files.exists(directory.resolve("lo-1"))
                        && run.store.count(Operation.ABORT) == 0
                        && run.counters.settled() == 0);
        underWay.complete(null);
        stage.drainAndAssertSettled();
        assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.REFUSED, 1L));
    }

    @Test
    void fileThatIsShorterThanItShouldBeFailsTheObject() throws Exception {
        LoEvent event = stage.inFile(1, 5 * PART);
        Path file = directory.resolve("lo-1");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 3 * PART));
        stage.put(event);
        stage.drainAndAssertSettled();
        assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.SPILL, 1L));
    }
}
