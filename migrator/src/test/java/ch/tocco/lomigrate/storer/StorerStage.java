package ch.tocco.lomigrate.storer;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.ring.Stage;
import ch.tocco.lomigrate.ring.WorkerPool;
import ch.tocco.lomigrate.testkit.Background;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A {@link Storer} that works on a ring of its own, as in a run. */
final class StorerStage {
    /** PUTs that it has in flight at most. */
    static final int IN_FLIGHT = 8;

    private static final int SMALL = 10;

    private final StorerFixture run;
    private final LoRing ring;
    private final Stage stage;
    private long nextSeed;

    private StorerStage(StorerFixture run) {
        this.run = run;
        this.ring = new LoRing("storer", 64, run.control);
        this.stage = WorkerPool.start(
                ring,
                List.of(new Storer(run.bucket, run.onward, run.control, IN_FLIGHT)),
                4,
                Long.MAX_VALUE,
                run.errors::add);
    }

    static StorerStage start(StorerFixture run) {
        return new StorerStage(run);
    }

    void put(LoEvent object) {
        assertThat(ring.put(object)).as("taken by the ring").isTrue();
    }

    /** Puts this many objects of a few bytes, each different from all others, and returns the key of the last one. */
    String putSmall(int count) {
        String key = "";
        for (int i = 0; i < count; i++) {
            var object = run.inMemory(nextSeed++, SMALL);
            key = object.sha256();
            put(object);
        }
        return key;
    }

    /** Waits until all that was put is dealt with. */
    void drain() throws InterruptedException {
        stage.drain();
    }

    /** The same, and sees that nothing of it got lost on the way. */
    void drainAndAssertSettled() throws InterruptedException {
        drain();
        run.assertSettled();
    }

    CompletableFuture<Void> drainInBackground() {
        return Background.run(this::drainAndAssertSettled);
    }
}
