package ch.tocco.lomigrate.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When consumers that let slots gather are woken, and when not. */
@Timeout(60)
final class GatheringWaitTest {
    private static final Duration MOMENT = Duration.ofMillis(100);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final int ENOUGH = 3;
    private static final int CONSUMERS = 2;

    private final GatheringWait waiting = new GatheringWait(ENOUGH, NEVER, NEVER);
    private final RingBuffer<Object> buffer = RingBuffer.createMultiProducer(Object::new, 64, waiting);

    @Test
    void firstSlotAfterSilenceWakes() throws Exception {
        CompletableFuture<Long> taken = sleeps(0);
        publish(1);
        assertThat(taken.get(30, TimeUnit.SECONDS)).isZero();
    }

    /** It counts from what the consumer has, not from what the ring has had. */
    @Test
    void thenConsumerSleepsUntilEnoughIsThere() throws Exception {
        takesTen();
        CompletableFuture<Long> taken = sleeps(10);
        publish(ENOUGH - 1);
        assertSleeps(taken);
        publish(1);
        assertThat(taken.get(30, TimeUnit.SECONDS)).isEqualTo(10 + ENOUGH - 1);
    }

    @Test
    void consumerThatFindsOneSlotTakesItAtOnce() throws Exception {
        publish(1);
        assertThat(taken(buffer.newBarrier(), 0)).isZero();
    }

    @Test
    void fewerAreTakenWhenTheTimeIsOver() throws Exception {
        var patient = new GatheringWait(ENOUGH, MOMENT, NEVER);
        var few = RingBuffer.createMultiProducer(Object::new, 64, patient);
        few.publish(few.next());
        assertThat(taken(few.newBarrier(), 0)).isZero();
        CompletableFuture<Long> taken = sleeps(few.newBarrier(), 1);
        few.publish(few.next());
        assertThat(taken.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void consumerIsToldOfSilence() {
        var patient = new GatheringWait(ENOUGH, MOMENT, MOMENT.multipliedBy(2));
        var none = RingBuffer.createMultiProducer(Object::new, 64, patient);
        assertThatThrownBy(() -> none.newBarrier().waitFor(0)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void whatLetsThemHurryWakesForEachSlot() throws Exception {
        takesTen();
        CompletableFuture<Long> taken = sleeps(10);
        publish(1);
        assertSleeps(taken);
        waiting.hurry();
        assertThat(taken.get(30, TimeUnit.SECONDS)).isEqualTo(10);
        CompletableFuture<Long> next = sleeps(11);
        publish(1);
        assertThat(next.get(30, TimeUnit.SECONDS)).isEqualTo(11);
    }

    @Test
    void alertWakesThoseWhoHurry() throws Exception {
        waiting.hurry();
        SequenceBarrier barrier = buffer.newBarrier();
        CompletableFuture<Long> taken = sleeps(barrier, 0);
        barrier.alert();
        assertThatThrownBy(() -> taken.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    }

    /** Producers publish just what is enough, consumers begin to wait meanwhile: no consumer looks again by the clock. */
    @Test
    void noWakeUpIsLost() throws Exception {
        int rounds = Integer.getInteger("lo.migrate.stress.rounds", 10_000) / 4;
        for (int round = 0; round < rounds; round++) {
            int enough = 1 + round % 5;
            var gathering = new GatheringWait(enough, NEVER, NEVER);
            var ring = RingBuffer.createMultiProducer(Object::new, 8, gathering);
            boolean hurried = round % 2 == 1;
            int slots = hurried ? 1 : enough;
            ring.publish(ring.next());
            taken(ring.newBarrier(), 0);
            List<CompletableFuture<?>> all = new ArrayList<>();
            for (int i = 0; i < CONSUMERS; i++) {
                all.add(Background.call(() -> taken(ring.newBarrier(), 1)));
            }
            for (int i = 0; i < slots; i++) {
                all.add(Background.run(() -> ring.publish(ring.next())));
            }
            if (hurried) {
                all.add(Background.run(gathering::hurry));
            }
            for (CompletableFuture<?> each : all) {
                assertThat(each).as("round %s", round).succeedsWithin(Duration.ofSeconds(30));
            }
        }
    }

    /** A consumer has taken all that there was, ten slots. */
    private void takesTen() {
        publish(10);
        assertThat(taken(buffer.newBarrier(), 9)).isEqualTo(9);
    }

    private CompletableFuture<Long> sleeps(long sequence) throws Exception {
        return sleeps(buffer.newBarrier(), sequence);
    }

    /** A consumer that has begun to wait. */
    private static CompletableFuture<Long> sleeps(SequenceBarrier barrier, long sequence) throws Exception {
        var thread = new CompletableFuture<Thread>();
        CompletableFuture<Long> taken = Background.call(() -> {
            thread.complete(Thread.currentThread());
            return taken(barrier, sequence);
        });
        Await.until(
                Duration.ofSeconds(30),
                "the consumer waits",
                () -> thread.join().getState() == Thread.State.TIMED_WAITING);
        return taken;
    }

    private static long taken(SequenceBarrier barrier, long sequence) {
        try {
            return barrier.waitFor(sequence);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void publish(int slots) {
        IntStream.range(0, slots).forEach(i -> buffer.publish(buffer.next()));
    }

    private static void assertSleeps(CompletableFuture<Long> taken) {
        assertThatThrownBy(() -> taken.get(MOMENT.toMillis(), TimeUnit.MILLISECONDS))
                .as("woken")
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
    }
}
