package ch.tocco.lomigrate.storer;

import static ch.tocco.lomigrate.storer.GiantStage.PART;
import static ch.tocco.lomigrate.storer.GiantStage.operation;
import static ch.tocco.lomigrate.storer.GiantStage.part;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.store.HeldRequests;
import ch.tocco.lomigrate.store.MemoryObjectStore;
import ch.tocco.lomigrate.store.MemoryObjectStore.Operation;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests of an upload that fail, each kind in its way: only that object fails, and no file and no upload is left behind. */
@Timeout(60)
final class GiantStorerFaultsTest {
    @TempDir
    private Path directory;

    private final StorerFixture run = new StorerFixture();
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
    void objectThatTheStoreNeverTakesFailsAlsoWhenItIsAlone() throws Exception {
        run.store.before(request -> request.ofProbe() ? MemoryObjectStore.atOnce() : MemoryObjectStore.internalError());
        stage.put(1, PART);
        stage.drainAndAssertSettled();
        assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.UNAVAILABLE, 1L));
        assertThat(run.bucket.breaker().waiting()).isEmpty();
        assertThat(run.store.objects()).as("probes are removed").isEmpty();
    }

    /** It may take minutes: it is not what everybody else waits for after an outage. */
    @Test
    void afterAnOutageTheOthersGoOnWhileAGiantIsOnItsWay() throws Exception {
        var held = new HeldRequests();
        run.bucket.breaker().failed("gone");
        run.store.before(request -> request.ofProbe() ? MemoryObjectStore.atOnce() : held.apply(request));
        String key = stage.put(1, PART);
        held.await(1);
        assertThat(run.bucket.breaker().tryTurn()).isTrue();
        held.releaseAll();
        stage.drainAndAssertSettled();
        assertThat(run.committed).containsExactly(key);
    }

    @Test
    void giantIsNotSentUntilTheStoreAnswersAgain() throws Exception {
        var probes = new AtomicInteger();
        run.bucket.breaker().failed("gone");
        run.store.before(request -> request.ofProbe() && probes.incrementAndGet() < 3
                ? MemoryObjectStore.passing()
                : MemoryObjectStore.atOnce());
        String key = stage.put(1, PART);
        stage.drainAndAssertSettled();
        assertThat(run.committed).containsExactly(key);
        assertThat(run.store.requests())
                .filteredOn(request -> request.operation() == Operation.PUT)
                .extracting(MemoryObjectStore.Request::ofProbe)
                .containsExactly(true, true, true, false);
    }

    @Test
    void failedPartAbortsTheUploadAndFailsOnlyThatObject() throws Exception {
        // only the first one has so many
        stage.failing(part(8), FaultKind.OBJECT, FailureReason.REFUSED);
        stage.put(1, 20 * PART);
        String good = stage.put(2, 5 * PART);
        stage.drainAndAssertSettled();
        assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.REFUSED, 1L));
        assertThat(run.store.objects()).containsOnlyKeys(good);
        assertThat(run.store.count(Operation.ABORT)).isOne();
        assertThat(run.control.ended()).isFalse();
    }

    @Test
    void reasonOfTheFailureIsTheOneThatMadeTheOthersGiveUp() throws Exception {
        // Any part may be the first to fail; one before it then finds that it need not be sent.
        stage.failing(operation(Operation.PART), FaultKind.OBJECT, FailureReason.REFUSED);
        for (int i = 1; i <= 20; i++) {
            stage.put(i, 8 * PART);
        }
        stage.drainAndAssertSettled();
        assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.REFUSED, 20L));
    }

    @Test
    void refusedBeginningFailsTheObject() throws Exception {
        stage.failing(operation(Operation.BEGIN), FaultKind.OBJECT, FailureReason.REFUSED);
        stage.put(1, 2 * PART);
        stage.drainAndAssertSettled();
        assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.REFUSED, 1L));
        assertThat(run.store.count(Operation.ABORT)).isZero();
    }

    @Test
    void uploadWhoseBeginningWasNotHeardOfIsAborted() throws Exception {
        run.store.loseAnswerOnce(Operation.BEGIN);
        String key = stage.put(1, 2 * PART);
        stage.drainAndAssertSettled();
        assertThat(run.committed).containsExactly(key);
        assertThat(run.store.count(Operation.BEGIN)).isEqualTo(2);
        assertThat(run.store.count(Operation.ABORT)).isOne();
    }

    @Test
    void refusedCompletionAbortsTheUpload() throws Exception {
        stage.failing(operation(Operation.COMPLETE), FaultKind.OBJECT, FailureReason.REFUSED);
        stage.put(1, 2 * PART);
        stage.drainAndAssertSettled();
        assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.REFUSED, 1L));
    }

    @Test
    void completionWhoseAnswerWasLostIsACompletion() throws Exception {
        // The store did it, the answer did not arrive: asked again, it knows the upload no more.
        run.store.loseAnswerOnce(Operation.COMPLETE);
        String key = stage.put(1, 2 * PART);
        stage.drainAndAssertSettled();
        assertThat(stage.failed()).isEmpty();
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
        stage.put(1, 2 * PART);
        stage.drainAndAssertSettled();
        assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.CORRUPTED, 1L));
    }

    @Test
    void passingFaultsAreTriedAgain() throws Exception {
        // Not every third: a probe, its removal and what is tried then are three.
        var requests = new AtomicInteger();
        run.store.before(request ->
                requests.incrementAndGet() % 4 == 0 ? MemoryObjectStore.passing() : MemoryObjectStore.atOnce());
        stage.put(1, 6 * PART);
        stage.put(2, PART);
        stage.drainAndAssertSettled();
        assertThat(stage.failed()).isEmpty();
        assertThat(run.committed).hasSize(2);
    }

    @Test
    void partThatNeverArrivesWholeFailsTheObject() throws Exception {
        stage.failing(part(1), FaultKind.PASSING, FailureReason.CORRUPTED);
        stage.put(1, 2 * PART);
        stage.drainAndAssertSettled();
        assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.CORRUPTED, 1L));
    }

    @Test
    void answerThatConcernsAllObjectsAbortsTheRun() throws Exception {
        stage.failing(part(2), FaultKind.RUN, FailureReason.REFUSED);
        stage.put(1, 5 * PART);
        stage.put(2, 5 * PART);
        stage.drainAndAssertSettled();
        assertThat(run.control.abortReason()).isPresent();
        assertThat(run.counters.discardedCount()).isEqualTo(2);
        assertThat(stage.failed()).isEmpty();
    }

    @Test
    void uploadThatCannotBeAbortedIsLeftAndTheRunGoesOn() throws Exception {
        run.store.before(request -> switch (request.operation()) {
            case PART -> MemoryObjectStore.fault(FaultKind.OBJECT, FailureReason.REFUSED);
            case ABORT -> MemoryObjectStore.passing();
            default -> MemoryObjectStore.atOnce();
        });
        stage.put(1, 2 * PART);
        stage.put(2, PART);
        stage.drain();
        assertThat(run.counters.balanced()).isTrue();
        assertThat(stage.failed()).isEqualTo(Map.of(FailureReason.REFUSED, 1L));
        assertThat(run.committed).hasSize(1);
        assertThat(run.store.openUploads()).hasSize(1);
    }
}
