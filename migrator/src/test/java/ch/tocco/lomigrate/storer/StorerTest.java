package ch.tocco.lomigrate.storer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.control.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.ring.Handler;
import ch.tocco.lomigrate.ring.HandlerPool;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.ring.Stage;
import ch.tocco.lomigrate.ring.WorkerPool;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Digests;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Small objects on their way into a store that is slow, fails, or goes away. Whatever it does, the books balance. */
@Timeout(60)
final class StorerTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int IN_FLIGHT = 8;

    private StorerFixture run = new StorerFixture();

    /** Requests that wait until the test lets them go on. */
    private final Queue<CompletableFuture<Void>> held = new ConcurrentLinkedQueue<>();

    private CompletableFuture<Void> hold(MemoryObjectStore.Request request) {
        var gate = new CompletableFuture<Void>();
        held.add(gate);
        return gate;
    }

    private LoRing ring() {
        return new LoRing("storer", 64, run.control::ended);
    }

    private Stage start(LoRing ring) {
        return WorkerPool.start(ring, List.of(new Storer(run.setup, IN_FLIGHT)), 4, Long.MAX_VALUE, run.errors::add);
    }

    private void assertSettled() {
        assertThat(run.errors).isEmpty();
        assertThat(run.counters.balanced()).as("books balance").isTrue();
        assertThat(run.memory.used()).as("bytes still taken").isZero();
    }

    @Test
    void everyObjectIsStoredAsItselfAndForwardedOnce() throws Exception {
        // Completions come late, out of order and from other threads, so that an event used twice would show.
        run.store.before(request -> CompletableFuture.runAsync(
                () -> {},
                CompletableFuture.delayedExecutor(Math.floorMod(request.key().hashCode(), 5), TimeUnit.MILLISECONDS)));
        var ring = ring();
        var stage = start(ring);
        int count = 2000;
        for (int i = 0; i < count; i++) {
            assertThat(ring.put(run.inMemory(i, 8 + i % 100))).isTrue();
        }
        stage.drain();

        assertSettled();
        assertThat(run.committed).hasSize(count);
        assertThat(new HashSet<>(run.committed))
                .isEqualTo(run.store.objects().keySet())
                .hasSize(count);
        run.store.objects().forEach((key, stored) -> {
            var digests = Digests.of(stored.bytes());
            assertThat(key).isEqualTo(digests.sha256());
            assertThat(stored.metadata()).containsEntry("sha1", digests.sha1()).containsEntry("sha256", key);
            assertThat(stored.contentType()).isEqualTo("text/plain");
        });
        assertThat(run.counters.stored().objects()).isEqualTo(count);
    }

    @Test
    void neverMorePutsAtOnceThanPermitted() throws Exception {
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        run.store.before(request -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            return CompletableFuture.runAsync(
                    now::decrementAndGet, CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS));
        });
        var ring = ring();
        var stage = start(ring);
        for (int i = 0; i < 200; i++) {
            ring.put(run.inMemory(i, 10));
        }
        stage.drain();
        assertSettled();
        assertThat(most.get()).isBetween(2, IN_FLIGHT);
    }

    @Test
    void completionsNeverBlockWhileTheCommitterRingIsFull() throws Exception {
        var toCommit = new LoRing("committer", 2, () -> false);
        run = new StorerFixture(StorerFixture.LONG, toCommit::put);
        var mayCommit = new CountDownLatch(1);
        var committers = HandlerPool.start(toCommit, List.of(new Committing(mayCommit)), run.errors::add);
        run.store.before(this::hold);
        var ring = ring();
        var stage = start(ring);
        int count = 3 * IN_FLIGHT;
        for (int i = 0; i < count; i++) {
            ring.put(run.inMemory(i, 10));
        }
        Await.until(LIMIT, "all permits are in use", () -> held.size() == IN_FLIGHT);

        // Runs the callbacks on this thread; nobody empties the committer ring, so one that blocked would hang here.
        List.copyOf(held).forEach(gate -> gate.complete(null));

        // A permit comes back only when the object is in the committer ring, and there is room for two.
        Await.until(LIMIT, "two permits came back", () -> held.size() == IN_FLIGHT + 2);
        Thread.sleep(100);
        assertThat(held).hasSize(IN_FLIGHT + 2);

        run.store.before(request -> MemoryObjectStore.atOnce());
        held.forEach(gate -> gate.complete(null));
        mayCommit.countDown();
        stage.drain();
        committers.drain();
        assertSettled();
        assertThat(run.committed).hasSize(count).doesNotHaveDuplicates();
    }

    @Test
    void finishWaitsForAllThatIsInFlight() throws Exception {
        run.store.before(this::hold);
        var ring = ring();
        var stage = start(ring);
        for (int i = 0; i < 5; i++) {
            ring.put(run.inMemory(i, 10));
        }
        Await.until(LIMIT, "all are in flight", () -> held.size() == 5);
        var drained = CompletableFuture.runAsync(() -> drain(stage));
        Thread.sleep(200);
        assertThat(drained).isNotDone();

        var gates = new ArrayList<>(held);
        gates.get(0).complete(null);
        gates.get(1).completeExceptionally(new StoreException(FaultKind.OBJECT, FailureReason.REFUSED, "no", null));
        gates.get(2).complete(null);
        gates.get(3).completeExceptionally(new IllegalStateException("bug of the client"));
        Thread.sleep(200);
        assertThat(drained).isNotDone();
        gates.get(4).complete(null);

        drained.get(60, TimeUnit.SECONDS);
        assertSettled();
        assertThat(run.committed).hasSize(3);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.REFUSED, 2L));
    }

    @Test
    void finishWaitsForAllThatIsInFlightAlsoAfterAnAbort() throws Exception {
        run.store.before(this::hold);
        var ring = ring();
        var stage = start(ring);
        for (int i = 0; i < 20; i++) {
            ring.put(run.inMemory(i, 10));
        }
        Await.until(LIMIT, "all permits are in use", () -> held.size() == IN_FLIGHT);
        var gates = new ArrayList<>(held);
        gates.get(0)
                .completeExceptionally(new StoreException(FaultKind.RUN, FailureReason.REFUSED, "403 nobody", null));
        Await.until(LIMIT, "the run ends", run.control::ended);
        var drained = CompletableFuture.runAsync(() -> drain(stage));
        Thread.sleep(200);
        assertThat(drained).isNotDone();
        gates.subList(1, IN_FLIGHT).forEach(gate -> gate.complete(null));

        drained.get(60, TimeUnit.SECONDS);
        assertSettled();
        assertThat(run.control.abortReason())
                .hasValueSatisfying(e -> assertThat(e).hasMessage("store: 403 nobody"));
        assertThat(run.committed).as("under way when the run was aborted").hasSize(IN_FLIGHT - 1);
        assertThat(run.counters.discardedCount()).isEqualTo(20 - IN_FLIGHT + 1);
        assertThat(run.store.count(MemoryObjectStore.Operation.PUT)).isEqualTo(IN_FLIGHT);
    }

    @Test
    void whatHasNotBegunIsDiscardedOnceTheRunHasEnded() throws Exception {
        var storer = new Storer(run.setup, IN_FLIGHT);
        LoEvent[] events = new LoEvent[IN_FLIGHT];
        int ready = storer.ready(events);
        for (int i = 0; i < ready; i++) {
            events[i].moveFrom(run.inMemory(i, 10));
        }
        run.control.stop();
        storer.work(events, ready);
        storer.finish();
        assertSettled();
        assertThat(run.counters.discardedCount()).isEqualTo(ready);
        assertThat(run.store.requests()).isEmpty();
    }

    @Test
    void passingFaultIsTriedAgain() throws Exception {
        var tries = new AtomicInteger();
        run.store.before(
                request -> tries.incrementAndGet() % 3 == 1 ? MemoryObjectStore.passing() : MemoryObjectStore.atOnce());
        var ring = ring();
        var stage = start(ring);
        for (int i = 0; i < 20; i++) {
            ring.put(run.inMemory(i, 10));
        }
        stage.drain();
        assertSettled();
        assertThat(run.committed).hasSize(20).doesNotHaveDuplicates();
        assertThat(run.store.objects()).hasSize(20);
    }

    @Test
    void objectThatFailsWhileOthersSucceedIsGivenUp() throws Exception {
        run.store.before(this::hold);
        var ring = ring();
        var stage = start(ring);
        var poisoned = run.inMemory(100, 10);
        String key = poisoned.sha256();
        ring.put(poisoned);
        for (int i = 1; i < IN_FLIGHT; i++) {
            ring.put(run.inMemory(i, 10));
        }
        Await.until(LIMIT, "all permits are in use", () -> held.size() == IN_FLIGHT);
        var others = new ArrayList<>(held).subList(1, IN_FLIGHT);
        var poison = held.peek();
        held.clear();
        for (int i = 1; i <= Tries.MAX_OWN; i++) {
            var other = i <= others.size() ? others.get(i - 1) : oneMore(ring);
            other.complete(null);
            int stored = i;
            Await.until(
                    LIMIT, "another one is stored", () -> run.counters.stored().objects() == stored);
            poison.completeExceptionally(passing());
            if (i < Tries.MAX_OWN) {
                Await.until(LIMIT, "the next try", () -> !held.isEmpty());
                poison = held.remove();
            }
        }
        stage.drain();
        assertSettled();
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.UNAVAILABLE, 1L));
        assertThat(run.store.objects()).doesNotContainKey(key).hasSize(Tries.MAX_OWN);
    }

    /** Another object in flight, beside the one that is being tried. */
    private CompletableFuture<Void> oneMore(LoRing ring) throws Exception {
        run.setup.breaker().succeeded();
        ring.put(run.inMemory(200, 10));
        Await.until(LIMIT, "one more in flight", () -> !held.isEmpty());
        return held.remove();
    }

    private static StoreException passing() {
        return new StoreException(FaultKind.PASSING, FailureReason.UNAVAILABLE, "503", null);
    }

    @Test
    void objectThatNeverArrivesWholeIsGivenUpAlsoWhenItIsAlone() throws Exception {
        run.store.before(request -> MemoryObjectStore.fault(FaultKind.PASSING, FailureReason.CORRUPTED));
        var ring = ring();
        var stage = start(ring);
        ring.put(run.inMemory(1, 10));
        stage.drain();
        assertSettled();
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.CORRUPTED, 1L));
        assertThat(run.setup.breaker().waiting()).isEmpty();
        assertThat(run.store.requests()).hasSize(Tries.MAX_OWN);
    }

    /** 500 to this key for ever, and nothing else in flight that could show that the store is there. */
    @Test
    void objectThatTheStoreNeverTakesFailsAlsoWhenItIsAlone() throws Exception {
        var poisoned = run.inMemory(1, 10);
        String key = poisoned.sha256();
        run.store.before(
                request -> request.key().equals(key) ? MemoryObjectStore.internalError() : MemoryObjectStore.atOnce());
        var ring = ring();
        var stage = start(ring);
        ring.put(poisoned);
        stage.drain();
        assertSettled();
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.UNAVAILABLE, 1L));
        assertThat(run.setup.breaker().waiting()).isEmpty();
        assertThat(run.store.objects()).as("probes are removed").isEmpty();
        assertThat(run.control.ended()).isFalse();
    }

    @Test
    void storeThatAnswersWithErrorsToAllIsWaitedForWithoutFailingAnything() throws Exception {
        var broken = new AtomicBoolean(true);
        run.store.before(request -> broken.get() ? MemoryObjectStore.internalError() : MemoryObjectStore.atOnce());
        var ring = ring();
        var stage = start(ring);
        ring.put(run.inMemory(0, 10));
        Await.until(
                LIMIT,
                "probes were asked",
                () -> run.store.requests().stream()
                                .filter(request -> request.key().startsWith("lo-migrate-probe-"))
                                .count()
                        > 0);
        assertThat(run.counters.failedCount()).isZero();
        broken.set(false);
        for (int i = 1; i < 20; i++) {
            ring.put(run.inMemory(i, 10));
        }
        stage.drain();
        assertSettled();
        assertThat(run.committed).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void clientThatIsOutOfMemoryEndsTheRunAndLosesNoPermit() throws Exception {
        assertEndsTheRun(new OutOfMemoryError("injected"), "out of memory (injected): raise --memory-budget");
    }

    @Test
    void clientThatIsBrokenEndsTheRunAndLosesNoPermit() throws Exception {
        assertEndsTheRun(new NoClassDefFoundError("injected"), "PUT: java.lang.NoClassDefFoundError: injected");
    }

    private void assertEndsTheRun(Error thrown, String message) throws Exception {
        run.store.before(request -> {
            throw thrown;
        });
        var ring = ring();
        var stage = start(ring);
        for (int i = 0; i < 3 * IN_FLIGHT; i++) {
            ring.put(run.inMemory(i, 10));
        }
        stage.drain();
        assertSettled();
        assertThat(run.control.abortReason())
                .hasValueSatisfying(reason -> assertThat(reason).hasMessageContaining(message));
        assertThat(run.counters.discardedCount()).isEqualTo(3 * IN_FLIGHT);
    }

    @Test
    void storeThatIsAwayIsWaitedForWithoutFailingAnything() throws Exception {
        var away = new AtomicBoolean(true);
        run.store.before(request -> away.get() ? MemoryObjectStore.passing() : MemoryObjectStore.atOnce());
        var ring = ring();
        var stage = start(ring);
        for (int i = 0; i < 40; i++) {
            ring.put(run.inMemory(i, 10));
        }
        Await.until(
                LIMIT,
                "the outage is noticed",
                () -> run.setup.breaker().waiting().isPresent());
        long asked = run.store.requests().size();
        assertThat(asked).as("requests into the outage").isLessThan(40);
        away.set(false);
        stage.drain();
        assertSettled();
        assertThat(run.committed).hasSize(40).doesNotHaveDuplicates();
    }

    @Test
    void outageThatTheUserEndsDiscardsWhatWaits() throws Exception {
        run.store.before(request -> MemoryObjectStore.passing());
        var ring = ring();
        var stage = start(ring);
        for (int i = 0; i < 20; i++) {
            ring.put(run.inMemory(i, 10));
        }
        Await.until(
                LIMIT,
                "the outage is noticed",
                () -> run.setup.breaker().waiting().isPresent());
        run.control.stop();
        stage.drain();
        assertSettled();
        assertThat(run.counters.discardedCount()).isEqualTo(20);
    }

    @Test
    void putsThatOutlastTheGraceAreCancelled() throws Exception {
        run = new StorerFixture(Duration.ofMillis(300), null);
        run.store.before(this::hold);
        var ring = ring();
        var stage = start(ring);
        for (int i = 0; i < IN_FLIGHT; i++) {
            ring.put(run.inMemory(i, 10));
        }
        Await.until(LIMIT, "all are in flight", () -> held.size() == IN_FLIGHT);
        run.control.stop();
        held.peek().complete(null); // within the grace
        stage.drain();
        assertSettled();
        assertThat(run.committed).hasSize(1);
        assertThat(run.counters.discardedCount()).isEqualTo(IN_FLIGHT - 1);
    }

    @Test
    void errorOfTheCommitterSideEndsTheRunButNotTheStage() throws Exception {
        run = new StorerFixture(StorerFixture.LONG, event -> {
            throw new IllegalStateException("committer is broken");
        });
        var ring = ring();
        var stage = start(ring);
        for (int i = 0; i < 3 * IN_FLIGHT; i++) {
            ring.put(run.inMemory(i, 10));
        }
        stage.drain();
        assertSettled();
        assertThat(run.control.abortReason()).isPresent();
        assertThat(run.counters.discardedCount()).isEqualTo(3 * IN_FLIGHT);
    }

    @Test
    void errorThatIsNoExceptionLosesNoPermit() throws Exception {
        run = new StorerFixture(StorerFixture.LONG, event -> {
            throw new NoClassDefFoundError("injected");
        });
        var ring = ring();
        var stage = start(ring);
        for (int i = 0; i < 3 * IN_FLIGHT; i++) {
            ring.put(run.inMemory(i, 10));
        }
        stage.drain();
        assertSettled();
        assertThat(run.control.abortReason()).isPresent();
    }

    @Test
    void interruptedStorerStillEndsAndSettlesAllItTook() throws Exception {
        var storer = new Storer(run.setup, IN_FLIGHT);
        LoEvent[] events = new LoEvent[IN_FLIGHT];
        int ready = storer.ready(events);
        for (int i = 0; i < ready; i++) {
            events[i].moveFrom(run.inMemory(i, 10));
        }
        run.setup.breaker().failed("away");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> storer.work(events, ready)).isInstanceOf(InterruptedException.class);
        storer.finish();
        assertSettled();
    }

    private static void drain(Stage stage) {
        try {
            stage.drain();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A committer that only counts, once it may. */
    private final class Committing implements Handler {
        private final CountDownLatch mayCommit;

        Committing(CountDownLatch mayCommit) {
            this.mayCommit = mayCommit;
        }

        @Override
        public void take(LoEvent event) throws InterruptedException {
            mayCommit.await();
            run.commit(event);
        }

        @Override
        public void endOfBatch() {}

        @Override
        public void idle() {}

        @Override
        public void finish() {}
    }
}
