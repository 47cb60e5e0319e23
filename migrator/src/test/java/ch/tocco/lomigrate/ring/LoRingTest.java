package ch.tocco.lomigrate.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.EndWhen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a producer sees of a ring. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // an endless put is not interruptible
final class LoRingTest {
    private static final Duration MOMENT = Duration.ofMillis(100);

    private final RunControl giveUp = new RunControl();
    private final LoRing ring = new LoRing("stage", 4, giveUp);
    private final List<Throwable> errors = new ArrayList<>();
    private final CountDownLatch open = new CountDownLatch(1);

    private final StubWorker worker = waiting();

    /** Takes nothing before it is let. */
    private StubWorker waiting() {
        return new StubWorker(4) {
            @Override
            public int ready(LoEvent[] into) throws InterruptedException {
                open.await();
                return super.ready(into);
            }
        };
    }

    private final WorkerPool pool = WorkerPool.start(ring, List.of(worker), 4, Long.MAX_VALUE, errors::add);

    @Test
    void putTakesTheContentOver() throws InterruptedException {
        LoEvent event = Events.numbered(7);
        assertThat(ring.put(event)).isTrue();
        assertThat(event.isEmpty()).isTrue();
        open.countDown();
        pool.drain();
        assertThat(worker.numbers()).containsExactly(7L);
    }

    @Test
    void usedCountsFilledSlots() throws InterruptedException {
        assertThat(ring.size()).isEqualTo(4);
        for (int used = 0; used <= 4; used++) {
            assertThat(ring.used()).isEqualTo(used);
            assertThat(ring.tryPut(Events.numbered(1))).isEqualTo(used < 4);
        }
        open.countDown();
        pool.drain();
        assertThat(ring.used()).isZero();
        assertThat(errors).isEmpty();
    }

    @Test
    void ringOfAnySizeTakesAsManyAndNoMore() throws InterruptedException {
        LoRing five = new LoRing("five", 5, new EndWhen(() -> true));
        StubWorker ofFive = waiting();
        WorkerPool taking = WorkerPool.start(five, List.of(ofFive), 4, Long.MAX_VALUE, errors::add);
        for (int used = 0; used <= 5; used++) {
            assertThat(five.used()).isEqualTo(used);
            assertThat(five.put(Events.numbered(1))).isEqualTo(used < 5);
        }
        assertThat(five.size()).isEqualTo(5);
        open.countDown();
        taking.drain();
        pool.drain();
        assertThat(ofFive.numbers()).hasSize(5);
    }

    @Test
    void fullRingLeavesTheContentWithItsOwner() throws InterruptedException {
        fill();
        LoEvent fifth = Events.numbered(5);
        assertThat(ring.tryPut(fifth)).isFalse();
        assertThat(Events.number(fifth)).isEqualTo(5);
        giveUp.stop();
        assertThat(ring.put(fifth)).isFalse();
        assertThat(Events.number(fifth)).isEqualTo(5);
        open.countDown();
        pool.drain();
    }

    @Test
    void waitingForRoomEndsWhenTheRunDoes() throws Exception {
        fill();
        CompletableFuture<Boolean> put = Background.call(() -> ring.put(Events.numbered(5)));
        Await.stays(MOMENT, "there is no room", () -> !put.isDone());
        giveUp.stop();
        assertThat(put.get()).isFalse();
        open.countDown();
        pool.drain();
        assertThat(worker.numbers()).containsExactlyElementsOf(StubWorker.oneTo(4));
    }

    @Test
    void waitingForRoomEndsWhenThereIsRoom() throws Exception {
        fill();
        CompletableFuture<Boolean> put = Background.call(() -> ring.put(Events.numbered(5)));
        Await.stays(MOMENT, "there is no room", () -> !put.isDone());
        open.countDown();
        assertThat(put.get()).isTrue();
        pool.drain();
        assertThat(worker.numbers()).containsExactlyElementsOf(StubWorker.oneTo(5));
    }

    @Test
    void roomIsUsedEvenWhenTheRunHasEnded() throws InterruptedException {
        giveUp.stop();
        assertThat(ring.put(Events.numbered(1))).isTrue();
        open.countDown();
        pool.drain();
        assertThat(worker.numbers()).containsExactly(1L);
    }

    @Test
    void endMarkerWaitsForRoomEvenWhenTheRunHasEnded() throws Exception {
        fill();
        giveUp.stop();
        CompletableFuture<Void> end = Background.run(ring::putEnd);
        Await.stays(MOMENT, "there is no room", () -> !end.isDone());
        open.countDown();
        end.get();
        assertThat(worker.finished.await(50, TimeUnit.SECONDS)).isTrue();
        assertThat(worker.numbers()).containsExactlyElementsOf(StubWorker.oneTo(4));
    }

    private void fill() {
        for (long number = 1; number <= 4; number++) {
            ring.put(Events.numbered(number));
        }
    }
}
