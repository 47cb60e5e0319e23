package ch.tocco.lomigrate.storer;

import static ch.tocco.lomigrate.storer.StorerStage.IN_FLIGHT;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.Attempts;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.store.HeldRequests;
import ch.tocco.lomigrate.store.MemoryObjectStore;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.testkit.Await;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Small objects that fail: tried again while the store may be at fault, given up when it is the object's own fault. */
@Timeout(60)
final class StorerRetryTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final StorerFixture run = new StorerFixture();
    private final StorerStage storer = StorerStage.start(run);
    private final HeldRequests held = new HeldRequests();

    @Test
    void passingFaultIsTriedAgain() throws Exception {
        var tries = new AtomicInteger();
        run.store.before(
                request -> tries.incrementAndGet() % 3 == 1 ? MemoryObjectStore.passing() : MemoryObjectStore.atOnce());
        storer.putSmall(20);
        storer.drainAndAssertSettled();
        assertThat(run.committed).hasSize(20).doesNotHaveDuplicates();
        assertThat(run.store.objects()).hasSize(20);
    }

    @Test
    void objectThatFailsWhileOthersSucceedIsGivenUp() throws Exception {
        run.store.before(held);
        String key = storer.putSmall(1);
        var poison = held.next();
        storer.putSmall(IN_FLIGHT - 1);
        var others = held.next(IN_FLIGHT - 1);
        for (int i = 1; i <= Attempts.MAX_OWN; i++) {
            var other = i <= others.size() ? others.get(i - 1) : oneMore();
            other.complete(null);
            int stored = i;
            Await.until(
                    LIMIT, "another one is stored", () -> run.counters.stored().objects() == stored);
            poison.completeExceptionally(new StoreException(FaultKind.PASSING, FailureReason.UNAVAILABLE, "503", null));
            if (i < Attempts.MAX_OWN) {
                poison = held.next();
            }
        }
        storer.drainAndAssertSettled();
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.UNAVAILABLE, 1L));
        assertThat(run.store.objects()).doesNotContainKey(key).hasSize(Attempts.MAX_OWN);
    }

    /** Another object in flight, beside the one that is being tried. */
    private CompletableFuture<Void> oneMore() throws Exception {
        run.bucket.breaker().succeeded();
        storer.putSmall(1);
        return held.next();
    }

    @Test
    void objectThatNeverArrivesWholeIsGivenUpAlsoWhenItIsAlone() throws Exception {
        run.store.before(request -> MemoryObjectStore.fault(FaultKind.PASSING, FailureReason.CORRUPTED));
        storer.putSmall(1);
        storer.drainAndAssertSettled();
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.CORRUPTED, 1L));
        assertThat(run.bucket.breaker().waiting()).isEmpty();
        assertThat(run.store.requests()).hasSize(Attempts.MAX_OWN);
    }

    /** 500 to this key for ever, and nothing else in flight that could show that the store is there. */
    @Test
    void objectThatTheStoreNeverTakesFailsAlsoWhenItIsAlone() throws Exception {
        run.store.before(request -> request.ofProbe() ? MemoryObjectStore.atOnce() : MemoryObjectStore.internalError());
        storer.putSmall(1);
        storer.drainAndAssertSettled();
        assertThat(run.counters.failed()).isEqualTo(Map.of(FailureReason.UNAVAILABLE, 1L));
        assertThat(run.bucket.breaker().waiting()).isEmpty();
        assertThat(run.store.objects()).as("probes are removed").isEmpty();
        assertThat(run.control.ended()).isFalse();
    }

    @Test
    void storeThatAnswersWithErrorsToAllIsWaitedForWithoutFailingAnything() throws Exception {
        var broken = new AtomicBoolean(true);
        run.store.before(request -> broken.get() ? MemoryObjectStore.internalError() : MemoryObjectStore.atOnce());
        storer.putSmall(1);
        Await.until(
                LIMIT,
                "probes were asked",
                () -> run.store.requests().stream().anyMatch(MemoryObjectStore.Request::ofProbe));
        assertThat(run.counters.failedCount()).isZero();
        broken.set(false);
        storer.putSmall(19);
        storer.drainAndAssertSettled();
        assertThat(run.committed).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void storeThatIsAwayIsWaitedForWithoutFailingAnything() throws Exception {
        var away = new AtomicBoolean(true);
        run.store.before(request -> away.get() ? MemoryObjectStore.passing() : MemoryObjectStore.atOnce());
        storer.putSmall(40);
        Await.until(
                LIMIT,
                "the outage is noticed",
                () -> run.bucket.breaker().waiting().isPresent());
        long asked = run.store.requests().size();
        assertThat(asked).as("requests into the outage").isLessThan(40);
        away.set(false);
        storer.drainAndAssertSettled();
        assertThat(run.committed).hasSize(40).doesNotHaveDuplicates();
    }
}
