package ch.tocco.lomigrate.storer;

import static ch.tocco.lomigrate.storer.StorerStage.IN_FLIGHT;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.ring.Handler;
import ch.tocco.lomigrate.ring.HandlerPool;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.store.HeldRequests;
import ch.tocco.lomigrate.store.MemoryObjectStore;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.data.Digests;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Small objects on their way into a store that is slow: what is in flight is bounded, and nothing of it gets lost. */
@Timeout(60)
final class StorerTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofMillis(200);

    private StorerFixture run = new StorerFixture();
    private final HeldRequests held = new HeldRequests();

    @Test
    void everyObjectIsStoredAsItselfAndForwardedOnce() throws Exception {
        // Completions come late, out of order and from other threads, so that an event used twice would show.
        run.store.before(request -> CompletableFuture.runAsync(
                () -> {},
                CompletableFuture.delayedExecutor(Math.floorMod(request.key().hashCode(), 5), TimeUnit.MILLISECONDS)));
        var storer = StorerStage.start(run);
        int count = 2000;
        for (int i = 0; i < count; i++) {
            storer.put(run.inMemory(i, 8 + i % 100));
        }
        storer.drainAndAssertSettled();

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
        var storer = StorerStage.start(run);
        storer.putSmall(200);
        storer.drainAndAssertSettled();
        assertThat(most.get()).isBetween(2, IN_FLIGHT);
    }

    @Test
    void fewerPutsAreInFlightWhileFewerMayBe() throws Exception {
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        run.store.before(request -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            return CompletableFuture.runAsync(
                    now::decrementAndGet, CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS));
        });
        run.control.gate().putsInFlight(2);
        var storer = StorerStage.start(run);
        storer.putSmall(100);
        Await.until(LIMIT, "stored", () -> run.counters.stored().objects() == 100);
        assertThat(most.get()).isEqualTo(2);
        run.control.gate().putsInFlight(IN_FLIGHT);
        storer.putSmall(200);
        storer.drainAndAssertSettled();
        assertThat(most.get()).isBetween(3, IN_FLIGHT);
    }

    @Test
    void storedObjectIsForwardedByTheThreadThatGotTheAnswer() throws Exception {
        run.store.before(held);
        var storer = StorerStage.start(run);
        storer.putSmall(1);
        held.next(1).get(0).complete(null);
        assertThat(run.committed).as("when this thread has told of the answer").hasSize(1);
        storer.drainAndAssertSettled();
    }

    @Test
    void completionsNeverBlockWhileTheCommitterRingIsFull() throws Exception {
        var toCommit = new LoRing("committer", 2, RunEnd.NEVER);
        run = new StorerFixture(toCommit::put, toCommit::tryPut);
        var mayCommit = new CountDownLatch(1);
        var committers = HandlerPool.start(toCommit, List.of(new Committing(mayCommit)), run.errors::add);
        run.store.before(held);
        var storer = StorerStage.start(run);
        int count = 3 * IN_FLIGHT;
        storer.putSmall(count);

        // Runs the callbacks on this thread; no thread empties the committer ring, so one that blocked would hang here.
        held.next(IN_FLIGHT).forEach(gate -> gate.complete(null));

        // A permit comes back only when the object is in the committer ring, and there is room for two.
        held.await(2);
        Await.stays(MOMENT, "no more than two permits came back", () -> held.count() == 2);

        run.store.before(request -> MemoryObjectStore.atOnce());
        held.releaseAll();
        mayCommit.countDown();
        storer.drain();
        committers.drain();
        run.assertSettled();
        assertThat(run.committed).hasSize(count).doesNotHaveDuplicates();
    }

    @Test
    void finishWaitsForAllThatIsInFlight() throws Exception {
        run.store.before(held);
        var storer = StorerStage.start(run);
        storer.putSmall(5);
        var gates = held.next(5);
        var drained = storer.drainInBackground();
        Await.stays(MOMENT, "five are in flight", () -> !drained.isDone());

        gates.get(0).complete(null);
        gates.get(1).completeExceptionally(new StoreException(FaultKind.OBJECT, FailureReason.REFUSED, "no", null));
        gates.get(2).complete(null);
        gates.get(3).completeExceptionally(new IllegalStateException("bug of the client"));
        Await.until(LIMIT, "four are settled", () -> run.counters.settled() == 4);
        Await.stays(MOMENT, "one is in flight", () -> !drained.isDone());
        gates.get(4).complete(null);

        drained.get(60, TimeUnit.SECONDS);
        assertThat(run.committed).hasSize(3);
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.REFUSED, 2L));
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
