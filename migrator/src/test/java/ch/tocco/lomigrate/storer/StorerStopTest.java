package ch.tocco.lomigrate.storer;

import static ch.tocco.lomigrate.storer.StorerStage.IN_FLIGHT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.store.HeldRequests;
import ch.tocco.lomigrate.store.MemoryObjectStore;
import ch.tocco.lomigrate.store.MemoryObjectStore.Operation;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.testkit.Await;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run that ends while small objects are under way: what was begun may be completed, the rest is discarded. */
@Timeout(60)
final class StorerStopTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration MOMENT = Duration.ofMillis(200);

    private StorerFixture run = new StorerFixture();
    private final HeldRequests held = new HeldRequests();

    /** What a storer was handed, and has not begun with. */
    private LoEvent[] handedTo(Storer storer) throws InterruptedException {
        LoEvent[] events = new LoEvent[IN_FLIGHT];
        assertThat(storer.ready(events)).isEqualTo(IN_FLIGHT);
        for (int i = 0; i < IN_FLIGHT; i++) {
            events[i].moveFrom(run.inMemory(i, 10));
        }
        return events;
    }

    @Test
    void finishWaitsForAllThatIsInFlightAlsoAfterAnAbort() throws Exception {
        run.store.before(held);
        var storer = StorerStage.start(run);
        storer.putSmall(20);
        var gates = held.next(IN_FLIGHT);
        gates.get(0)
                .completeExceptionally(new StoreException(FaultKind.RUN, FailureReason.REFUSED, "403 refused", null));
        Await.until(LIMIT, "the run ends", run.control::ended);
        var drained = storer.drainInBackground();
        Await.stays(MOMENT, "seven are in flight", () -> !drained.isDone());
        gates.subList(1, IN_FLIGHT).forEach(gate -> gate.complete(null));

        drained.get(60, TimeUnit.SECONDS);
        assertThat(run.control.abortReason())
                .hasValueSatisfying(e -> assertThat(e).hasMessageStartingWith("store: 403 refused at oid "));
        assertThat(run.committed).as("under way when the run was aborted").hasSize(IN_FLIGHT - 1);
        assertThat(run.counters.discardedCount()).isEqualTo(20 - IN_FLIGHT + 1);
        assertThat(run.store.count(Operation.PUT)).isEqualTo(IN_FLIGHT);
    }

    @Test
    void whatHasNotBegunIsDiscardedOnceTheRunHasEnded() throws Exception {
        var storer = new Storer(run.bucket, run.onward, run.control, IN_FLIGHT);
        LoEvent[] events = handedTo(storer);
        run.control.stop();
        storer.work(events, IN_FLIGHT);
        storer.finish();
        run.assertSettled();
        assertThat(run.counters.discardedCount()).isEqualTo(IN_FLIGHT);
        assertThat(run.store.requests()).isEmpty();
    }

    @Test
    void outageThatTheUserEndsDiscardsWhatWaits() throws Exception {
        run.store.before(request -> MemoryObjectStore.passing());
        var storer = StorerStage.start(run);
        storer.putSmall(20);
        Await.until(
                LIMIT,
                "the outage is noticed",
                () -> run.bucket.breaker().waiting().isPresent());
        run.control.stop();
        storer.drainAndAssertSettled();
        assertThat(run.counters.discardedCount()).isEqualTo(20);
    }

    @Test
    void putsThatOutlastTheGraceAreCancelled() throws Exception {
        run = new StorerFixture(Duration.ofSeconds(1));
        run.store.before(held);
        var storer = StorerStage.start(run);
        storer.putSmall(IN_FLIGHT);
        var withinTheGrace = held.next(IN_FLIGHT).get(0);
        run.control.stop();
        withinTheGrace.complete(null);
        storer.drainAndAssertSettled();
        assertThat(run.committed).hasSize(1);
        assertThat(run.counters.discardedCount()).isEqualTo(IN_FLIGHT - 1);
    }

    @Test
    void interruptedStorerStillEndsAndSettlesAllItTook() throws Exception {
        var storer = new Storer(run.bucket, run.onward, run.control, IN_FLIGHT);
        LoEvent[] events = handedTo(storer);
        run.bucket.breaker().failed("away");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> storer.work(events, IN_FLIGHT)).isInstanceOf(InterruptedException.class);
        storer.finish();
        run.assertSettled();
        assertThat(run.counters.discardedCount()).isEqualTo(IN_FLIGHT);
        assertThat(run.store.requests()).isEmpty();
    }
}
