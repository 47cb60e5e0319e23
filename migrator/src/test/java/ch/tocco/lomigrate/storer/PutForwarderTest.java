package ch.tocco.lomigrate.storer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a {@link Storer} cannot bring about: a queue that does not take a completed PUT. */
@Timeout(60)
final class PutForwarderTest {
    /** Its lock may have to make a node, for which there may be no memory. */
    private static final class RefusingQueue extends ArrayBlockingQueue<PutInFlight> {
        private static final long serialVersionUID = 1L;

        RefusingQueue() {
            super(1);
        }

        @Override
        public boolean add(PutInFlight place) {
            throw new OutOfMemoryError("injected");
        }
    }

    @Test
    void placeThatTheQueueDoesNotTakeIsFoundAllTheSame() throws Exception {
        var run = new StorerFixture();
        var place = new PutInFlight(run.bucket.breaker());
        var completed = new RefusingQueue();
        var free = new ArrayBlockingQueue<PutInFlight>(1);
        var forwarder = new PutForwarder(
                run.bucket, run.onward, run.control, new PutInFlight[] {place}, completed, free, again -> {});
        forwarder.start();
        place.event.moveFrom(run.inMemory(1, 10));
        place.attempts.begin();

        place.complete(completed);

        assertThat(free.poll(50, TimeUnit.SECONDS)).isSameAs(place);
        forwarder.finish();
        assertThat(run.committed).hasSize(1);
        run.assertSettled();
    }
}
