package ch.tocco.lomigrate.storer;

import static ch.tocco.lomigrate.storer.GiantStage.PART;
import static ch.tocco.lomigrate.storer.GiantStage.PART_REQUESTS;
import static ch.tocco.lomigrate.storer.GiantStage.operation;
import static ch.tocco.lomigrate.storer.GiantStage.part;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.store.HeldRequests;
import ch.tocco.lomigrate.store.MemoryObjectStore;
import ch.tocco.lomigrate.store.MemoryObjectStore.Operation;
import ch.tocco.lomigrate.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that ends while spill files are stored: what was begun may be completed, the rest is discarded, all uploads end. */
@Timeout(60)
final class GiantStorerStopTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final HeldRequests held = new HeldRequests();
    private StorerFixture run;
    private GiantStage stage;

    private void start(Duration grace) {
        run = new StorerFixture(grace);
        stage = new GiantStage(run, directory);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void stopLetsPartsFinishWithinTheGrace() throws Exception {
        start(StorerFixture.LONG);
        run.store.before(request -> part(1).test(request) ? held.apply(request) : MemoryObjectStore.atOnce());
        String key = stage.put(1, 20 * PART);
        var first = held.next();
        run.control.stop();
        first.complete(null);
        stage.drainAndAssertSettled();
        assertThat(run.committed).containsExactly(key);
    }

    @Test
    void partsThatOutlastTheGraceAreCancelledAndTheUploadAborted() throws Exception {
        start(Duration.ofMillis(300));
        run.store.before(
                request -> operation(Operation.PART).test(request) ? held.apply(request) : MemoryObjectStore.atOnce());
        stage.put(1, 20 * PART);
        stage.put(2, 20 * PART);
        stage.put(3, 20 * PART);
        Await.until(
                LIMIT,
                "both uploads are begun and parts under way",
                () -> run.store.count(Operation.BEGIN) == 2 && held.count() == PART_REQUESTS);
        run.control.stop();
        stage.drainAndAssertSettled();
        assertThat(run.counters.discardedCount()).isEqualTo(3);
        assertThat(run.store.count(Operation.ABORT)).isEqualTo(2);
        assertThat(run.store.objects()).isEmpty();
    }

    @Test
    void whatHasNotBegunIsDiscardedOnceTheRunHasEnded() throws Exception {
        start(StorerFixture.LONG);
        run.store.before(held);
        for (int i = 1; i <= 10; i++) {
            stage.put(i, 10);
        }
        held.await(2); // both storers are busy
        run.control.stop();
        held.releaseAll();
        stage.drainAndAssertSettled();
        assertThat(run.counters.discardedCount()).isEqualTo(8);
        assertThat(run.committed).hasSize(2);
    }
}
