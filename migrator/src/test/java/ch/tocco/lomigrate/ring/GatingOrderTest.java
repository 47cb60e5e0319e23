package ch.tocco.lomigrate.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lo.LoEvent;
import com.lmax.disruptor.Sequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The one interleaving by which the order of {@code claimed} and the gates decides, played step by step: a producer is
 * held where it reads {@code claimed}, until a worker has moved {@code claimed} forward; the worker is held there, with
 * its slots still full, until the producer has decided. Deterministic: two latches make each wait for the other, and
 * both ways of breaking the order fail every time.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class GatingOrderTest {
    private static final int SIZE = 4;

    private final CountDownLatch workerMayTake = new CountDownLatch(1);
    private final CountDownLatch claimedHasMoved = new CountDownLatch(1);
    private final CountDownLatch producerHasDecided = new CountDownLatch(1);
    private final List<Throwable> errors = Collections.synchronizedList(new ArrayList<>());

    private final StubWorker worker = new StubWorker(SIZE) {
        @Override
        public int ready(LoEvent[] into) throws InterruptedException {
            workerMayTake.await();
            return super.ready(into);
        }
    };

    private final Sequence claimed = new Sequence() {
        @Override
        public long get() {
            if (Thread.currentThread().getName().equals("producer") && claimedHasMoved.getCount() > 0) {
                workerMayTake.countDown();
                await(claimedHasMoved);
            }
            return super.get();
        }

        @Override
        public boolean compareAndSet(long expected, long next) {
            boolean moved = super.compareAndSet(expected, next);
            if (claimedHasMoved.getCount() > 0) {
                claimedHasMoved.countDown();
                await(producerHasDecided);
            }
            return moved;
        }
    };

    @ParameterizedTest
    @EnumSource
    void slotThatIsBeingEmptiedIsNotFilled(Wiring wiring) throws InterruptedException {
        LoRing ring = new LoRing("stage", SIZE, RunEnd.NEVER);
        wiring.start(ring, List.of(worker), SIZE, errors::add, claimed);
        List<String> decision = new ArrayList<>();
        Thread producer = new Thread(() -> decision.add(fillAndTryOneMore(ring)), "producer");
        producer.start();
        producer.join();
        producerHasDecided.countDown();

        assertThat(decision).containsExactly(wiring.broken ? "overran a full slot" : "found the ring full");
        if (!wiring.broken) {
            assertThat(ring.put(Events.numbered(SIZE + 1))).isTrue();
            ring.putEnd();
            ring.join();
            assertThat(worker.numbers()).containsExactlyElementsOf(StubWorker.oneTo(SIZE + 1));
            assertThat(errors).isEmpty();
        }
        ring.disruptor().halt();
        ring.join();
    }

    private static String fillAndTryOneMore(LoRing ring) {
        for (long number = 1; number <= SIZE; number++) {
            assertThat(ring.tryPut(Events.numbered(number))).isTrue();
        }
        try {
            return ring.tryPut(Events.numbered(SIZE + 1)) ? "put" : "found the ring full";
        } catch (IllegalStateException slotInUse) {
            return "overran a full slot";
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
