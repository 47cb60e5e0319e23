package ch.tocco.lomigrate.storer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.control.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.ring.Stage;
import ch.tocco.lomigrate.ring.WorkerPool;
import ch.tocco.lomigrate.storer.MemoryObjectStore.Operation;
import ch.tocco.lomigrate.storer.MemoryObjectStore.Request;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Spill files on their way into a store that is slow, fails, or goes away. No file and no upload is left behind. */
@Timeout(60)
final class GiantStorerTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PART = 1000;
    private static final int PART_REQUESTS = 4;

    @TempDir
    private Path directory;

    private StorerFixture run;
    private GiantStorers storers;
    private LoRing ring;
    private Stage stage;
    private final Queue<CompletableFuture<Void>> held = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void start() {
        start(StorerFixture.LONG);
    }

    private void start(Duration grace) {
        run = new StorerFixture(grace);
        storers = new GiantStorers(run.setup, 2, PART_REQUESTS, PART);
        ring = new LoRing("giant-storer", 64, run.control::ended);
        stage = WorkerPool.start(ring, storers.workers(), 1, Long.MAX_VALUE, run.errors::add);
    }

    @AfterEach
    void close() {
        storers.close();
    }

    private CompletableFuture<Void> hold(Request request) {
        var gate = new CompletableFuture<Void>();
        held.add(gate);
        return gate;
    }

    private static Predicate<Request> part(int number) {
        return request -> request.operation() == Operation.PART && request.part() == number;
    }

    private static Predicate<Request> operation(Operation operation) {
        return request -> request.operation() == operation;
    }

    private void failing(Predicate<Request> which, FaultKind kind, FailureReason reason) {
        run.store.before(
                request -> which.test(request) ? MemoryObjectStore.fault(kind, reason) : MemoryObjectStore.atOnce());
    }

    private String put(long seed, int size) throws IOException {
        LoEvent event = run.inFile(directory, seed, size);
        String key = event.sha256();
        assertThat(ring.put(event)).isTrue();
        return key;
    }

    private void drainAndAssertSettled() throws Exception {
        stage.drain();
        assertThat(run.errors).isEmpty();
        assertThat(run.counters.balanced()).as("books balance").isTrue();
        assertThat(run.store.openUploads()).as("uploads left open").isEmpty();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).as("spill files").isEmpty();
        }
    }

    private Map<FailureReason, Long> failed() {
        return run.counters.failed();
    }

    /** 500 to this key for ever, and nothing else in flight that could show that the store is there. */
    @Test
    void objectThatTheStoreNeverTakesFailsAlsoWhenItIsAlone() throws Exception {
        run.store.before(request -> request.key().startsWith("lo-migrate-probe-")
                ? MemoryObjectStore.atOnce()
                : MemoryObjectStore.internalError());
        put(1, PART);
        drainAndAssertSettled();
        assertThat(failed()).isEqualTo(Map.of(FailureReason.UNAVAILABLE, 1L));
        assertThat(run.setup.breaker().waiting()).isEmpty();
        assertThat(run.store.objects()).as("probes are removed").isEmpty();
    }

    @Test
    void objectUpToThePartSizeGoesInOneRequest() throws Exception {
        put(1, PART);
        put(2, 1);
        drainAndAssertSettled();
        assertThat(run.store.requests()).allMatch(operation(Operation.PUT)).hasSize(2);
        assertThat(run.committed).hasSize(2);
    }

    @Test
    void largerObjectGoesInPartsAndIsComparedByLength() throws Exception {
        String key = put(1, 5 * PART + 1);
        drainAndAssertSettled();
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
            put(i, i * 700);
        }
        drainAndAssertSettled();
        assertThat(run.store.objects()).hasSize(20);
        run.store
                .objects()
                .forEach((key, stored) ->
                        assertThat(Digests.of(stored.bytes()).sha256()).isEqualTo(key));
        assertThat(most.get()).as("parts at once").isBetween(2, PART_REQUESTS);
    }

    @Test
    void failedPartAbortsTheUploadAndFailsOnlyThatObject() throws Exception {
        // only the first one has so many
        failing(part(8), FaultKind.OBJECT, FailureReason.REFUSED);
        put(1, 20 * PART);
        String good = put(2, 5 * PART);
        drainAndAssertSettled();
        assertThat(failed()).isEqualTo(Map.of(FailureReason.REFUSED, 1L));
        assertThat(run.store.objects()).containsOnlyKeys(good);
        assertThat(run.store.count(Operation.ABORT)).isOne();
        assertThat(run.control.ended()).isFalse();
    }

    @Test
    void fileStaysUntilNoPartIsReadAnyMore() throws Exception {
        // Part 2 may come first, and part 1 would then not be sent at all.
        var firstIsUnderWay = new CompletableFuture<Void>();
        run.store.before(request -> {
            if (part(2).test(request)) {
                return firstIsUnderWay.thenCompose(
                        sent -> MemoryObjectStore.fault(FaultKind.OBJECT, FailureReason.REFUSED));
            }
            if (!part(1).test(request)) {
                return MemoryObjectStore.atOnce();
            }
            var held = hold(request);
            firstIsUnderWay.complete(null);
            return held;
        });
        put(1, 3 * PART);
        Await.until(
                LIMIT, "part 2 was refused", () -> run.store.requests().stream().anyMatch(part(2)));
        Thread.sleep(200);
        assertThat(directory.resolve("lo-1")).exists();
        assertThat(run.store.count(Operation.ABORT)).isZero();
        assertThat(run.counters.settled()).isZero();

        Await.until(LIMIT, "part 1 is under way", () -> !held.isEmpty());
        held.remove().complete(null);
        drainAndAssertSettled();
        assertThat(failed()).isEqualTo(Map.of(FailureReason.REFUSED, 1L));
    }

    @Test
    void reasonOfTheFailureIsTheOneThatMadeTheOthersGiveUp() throws Exception {
        // Any part may be the first to fail; one before it then finds that it need not be sent.
        failing(operation(Operation.PART), FaultKind.OBJECT, FailureReason.REFUSED);
        for (int i = 1; i <= 20; i++) {
            put(i, 8 * PART);
        }
        drainAndAssertSettled();
        assertThat(failed()).isEqualTo(Map.of(FailureReason.REFUSED, 20L));
    }

    @Test
    void refusedBeginningFailsTheObject() throws Exception {
        failing(operation(Operation.BEGIN), FaultKind.OBJECT, FailureReason.REFUSED);
        put(1, 2 * PART);
        drainAndAssertSettled();
        assertThat(failed()).isEqualTo(Map.of(FailureReason.REFUSED, 1L));
        assertThat(run.store.count(Operation.ABORT)).isZero();
    }

    @Test
    void uploadWhoseBeginningWasNotHeardOfIsAborted() throws Exception {
        run.store.loseAnswerOnce(Operation.BEGIN);
        String key = put(1, 2 * PART);
        drainAndAssertSettled();
        assertThat(run.committed).containsExactly(key);
        assertThat(run.store.count(Operation.BEGIN)).isEqualTo(2);
        assertThat(run.store.count(Operation.ABORT)).isOne();
    }

    @Test
    void refusedCompletionAbortsTheUpload() throws Exception {
        failing(operation(Operation.COMPLETE), FaultKind.OBJECT, FailureReason.REFUSED);
        put(1, 2 * PART);
        drainAndAssertSettled();
        assertThat(failed()).isEqualTo(Map.of(FailureReason.REFUSED, 1L));
    }

    @Test
    void completionWhoseAnswerWasLostIsACompletion() throws Exception {
        // The store did it, the answer did not arrive: asked again, it knows the upload no more.
        run.store.loseAnswerOnce(Operation.COMPLETE);
        String key = put(1, 2 * PART);
        drainAndAssertSettled();
        assertThat(failed()).isEmpty();
        assertThat(run.committed).containsExactly(key);
        assertThat(run.store.count(Operation.COMPLETE)).isEqualTo(2);
    }

    @Test
    void objectOfAnotherLengthThanWasSentIsCorrupted() throws Exception {
        run.store.before(request -> {
            if (request.operation() == Operation.LENGTH) {
                run.store.objects().put(request.key(), new MemoryObjectStore.Stored(new byte[PART], "a/b", Map.of()));
            }
            return MemoryObjectStore.atOnce();
        });
        put(1, 2 * PART);
        drainAndAssertSettled();
        assertThat(failed()).isEqualTo(Map.of(FailureReason.CORRUPTED, 1L));
    }

    @Test
    void passingFaultsAreTriedAgain() throws Exception {
        var requests = new AtomicInteger();
        run.store.before(request ->
                requests.incrementAndGet() % 3 == 0 ? MemoryObjectStore.passing() : MemoryObjectStore.atOnce());
        put(1, 6 * PART);
        put(2, PART);
        drainAndAssertSettled();
        assertThat(failed()).isEmpty();
        assertThat(run.committed).hasSize(2);
    }

    @Test
    void partThatNeverArrivesWholeFailsTheObject() throws Exception {
        failing(part(1), FaultKind.PASSING, FailureReason.CORRUPTED);
        put(1, 2 * PART);
        drainAndAssertSettled();
        assertThat(failed()).isEqualTo(Map.of(FailureReason.CORRUPTED, 1L));
    }

    @Test
    void answerThatConcernsAllObjectsAbortsTheRun() throws Exception {
        failing(part(2), FaultKind.RUN, FailureReason.REFUSED);
        put(1, 5 * PART);
        put(2, 5 * PART);
        drainAndAssertSettled();
        assertThat(run.control.abortReason()).isPresent();
        assertThat(run.counters.discardedCount()).isEqualTo(2);
        assertThat(failed()).isEmpty();
    }

    @Test
    void fileThatIsShorterThanItShouldBeFailsTheObject() throws Exception {
        LoEvent event = run.inFile(directory, 1, 5 * PART);
        Files.write(directory.resolve("lo-1"), new byte[3 * PART]);
        ring.put(event);
        drainAndAssertSettled();
        assertThat(failed()).isEqualTo(Map.of(FailureReason.SPILL, 1L));
    }

    @Test
    void stopLetsPartsFinishWithinTheGrace() throws Exception {
        run.store.before(request -> part(1).test(request) ? hold(request) : MemoryObjectStore.atOnce());
        String key = put(1, 20 * PART);
        Await.until(LIMIT, "part 1 is under way", () -> !held.isEmpty());
        run.control.stop();
        held.remove().complete(null);
        drainAndAssertSettled();
        assertThat(run.committed).containsExactly(key);
    }

    @Test
    void partsThatOutlastTheGraceAreCancelledAndTheUploadAborted() throws Exception {
        stage.drain();
        storers.close();
        start(Duration.ofMillis(300));
        run.store.before(request -> request.operation() == Operation.PART ? hold(request) : MemoryObjectStore.atOnce());
        put(1, 20 * PART);
        put(2, 20 * PART);
        put(3, 20 * PART);
        Await.until(
                LIMIT,
                "both uploads are begun and parts under way",
                () -> run.store.count(Operation.BEGIN) == 2 && held.size() == PART_REQUESTS);
        run.control.stop();
        drainAndAssertSettled();
        assertThat(run.counters.discardedCount()).isEqualTo(3);
        assertThat(run.store.count(Operation.ABORT)).isEqualTo(2);
        assertThat(run.store.objects()).isEmpty();
    }

    @Test
    void whatHasNotBegunIsDiscardedOnceTheRunHasEnded() throws Exception {
        run.store.before(this::hold);
        for (int i = 1; i <= 10; i++) {
            put(i, 10);
        }
        Await.until(LIMIT, "both storers are busy", () -> held.size() == 2);
        run.control.stop();
        held.forEach(gate -> gate.complete(null));
        drainAndAssertSettled();
        assertThat(run.counters.discardedCount()).isEqualTo(8);
        assertThat(run.committed).hasSize(2);
    }

    @Test
    void uploadThatCannotBeAbortedIsLeftAndTheRunGoesOn() throws Exception {
        run.store.before(request -> switch (request.operation()) {
            case PART -> MemoryObjectStore.fault(FaultKind.OBJECT, FailureReason.REFUSED);
            case ABORT -> MemoryObjectStore.passing();
            default -> MemoryObjectStore.atOnce();
        });
        put(1, 2 * PART);
        put(2, PART);
        stage.drain();
        assertThat(run.counters.balanced()).isTrue();
        assertThat(failed()).isEqualTo(Map.of(FailureReason.REFUSED, 1L));
        assertThat(run.committed).hasSize(1);
        assertThat(run.store.openUploads()).hasSize(1);
    }
}
