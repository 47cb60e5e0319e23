package ch.tocco.lomigrate.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which slots one run has: deterministic, as producer and taker are the same thread where nothing else is said. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // an endless put is not interruptible
final class BatchTakerTest {
    private static final long MEGABYTE = 1_000_000;

    private final LoRing ring = new LoRing("stage", 8, RunEnd.NEVER);
    private final RingBuffer<LoEvent> buffer = ring.disruptor().getRingBuffer();
    private final Sequence claimed = new Sequence();
    private final Sequence gate = new Sequence();
    private final BatchTaker taker = new BatchTaker(ring, claimed, gate, 4 * MEGABYTE);
    private final LoEvent[] own = Stream.generate(LoEvent::new).limit(8).toArray(LoEvent[]::new);

    BatchTakerTest() {
        buffer.addGatingSequences(claimed);
        buffer.addGatingSequences(gate);
        gate.set(BatchTaker.OPEN);
    }

    @Test
    void runHasNoMoreSlotsThanAskedFor() throws Exception {
        put(1, 2, 3, 4, 5);
        assertThat(take(2)).containsExactly(1L, 2L);
        assertThat(take(8)).containsExactly(3L, 4L, 5L);
        assertThat(take(8)).isEmpty();
    }

    @Test
    void runEndsBeforeItsBytesAreTooMany() throws Exception {
        ring.put(Events.sized(1, 2 * MEGABYTE));
        ring.put(Events.sized(2, 2 * MEGABYTE));
        ring.put(Events.sized(3, 1));
        ring.put(Events.sized(4, 0));
        assertThat(take(8)).containsExactly(1L, 2L);
        assertThat(take(8)).containsExactly(3L, 4L);
    }

    @Test
    void eventLargerThanTheLimitGoesAlone() throws Exception {
        ring.put(Events.sized(1, 5 * MEGABYTE));
        ring.put(Events.sized(2, 0));
        ring.put(Events.sized(3, 5 * MEGABYTE));
        assertThat(take(8)).containsExactly(1L);
        assertThat(take(8)).containsExactly(2L);
        assertThat(take(8)).containsExactly(3L);
    }

    @Test
    void sizesThatOverflowWhenAddedDoNotPassTogether() throws Exception {
        ring.put(Events.sized(1, Long.MAX_VALUE));
        ring.put(Events.sized(2, Long.MAX_VALUE));
        assertThat(take(8)).containsExactly(1L);
        assertThat(take(8)).containsExactly(2L);
    }

    @Test
    void runEndsWithTheFirstEndMarker() throws Exception {
        put(1);
        ring.putEnd();
        ring.putEnd();
        put(2);
        assertThat(taker.take(own, 8)).isEqualTo(2);
        assertThat(Events.number(own[0])).isEqualTo(1);
        assertThat(own[1].isEnd()).isTrue();
        own[0].clear();
        own[1].clear();
        assertThat(taker.take(own, 8)).isEqualTo(1);
        assertThat(own[0].isEnd()).isTrue();
        own[0].clear();
        assertThat(take(8)).containsExactly(2L);
    }

    @Test
    void singleSlotIsTakenWithoutWaitingAndNoEndMarker() throws Exception {
        Guest guest = new Guest(taker);
        assertThat(guest.take(own[0])).isFalse();
        put(1, 2);
        ring.putEnd();
        assertThat(guest.take(own[0])).isTrue();
        assertThat(ring.used()).isEqualTo(2);
        assertThat(guest.take(own[1])).isTrue();
        assertThat(guest.take(own[2])).isFalse();
        assertThat(Stream.of(own).limit(2).map(Events::number)).containsExactly(1L, 2L);
        assertThat(gate.get()).isEqualTo(BatchTaker.OPEN);
        assertThat(taker.take(new LoEvent[] {own[2]}, 1)).isEqualTo(1);
        assertThat(own[2].isEnd()).isTrue();
    }

    @Test
    void slotsAreFreeAsSoonAsTheirContentHasMoved() throws Exception {
        put(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(ring.tryPut(Events.numbered(9))).isFalse();
        assertThat(taker.take(own, 8)).isEqualTo(8);
        assertThat(ring.used()).isZero();
        for (int i = 0; i < 8; i++) {
            assertThat(buffer.get(i).isEmpty()).isTrue();
        }
        for (long number = 11; number <= 18; number++) {
            assertThat(ring.tryPut(Events.numbered(number))).isTrue();
        }
        assertThat(Stream.of(own).map(Events::number)).containsExactlyElementsOf(StubWorker.oneTo(8));
    }

    @Test
    void gateProtectsNothingOutsideATake() throws Exception {
        assertThat(gate.get()).isEqualTo(BatchTaker.OPEN);
        put(1);
        take(8);
        assertThat(gate.get()).isEqualTo(BatchTaker.OPEN);
    }

    /** The slot at 0 is claimed and not published, the one at 1 is published: neither may be taken. */
    @Test
    void slotBehindAnUnpublishedOneIsNotClaimed() throws Exception {
        long unpublished = buffer.next();
        put(2);
        CompletableFuture<List<Long>> taking = Background.call(() -> take(8));
        Await.stays(Duration.ofMillis(200), "the first slot is not published", () -> !taking.isDone());
        assertThat(claimed.get()).isEqualTo(-1);
        buffer.get(unpublished).moveFrom(Events.numbered(1));
        buffer.publish(unpublished);
        assertThat(taking.get()).containsExactly(1L, 2L);
    }

    @Test
    void runEndsBeforeAnUnpublishedSlot() throws Exception {
        put(1);
        long unpublished = buffer.next();
        put(3);
        assertThat(take(8)).containsExactly(1L);
        assertThat(claimed.get()).isEqualTo(unpublished - 1);
        buffer.get(unpublished).moveFrom(Events.numbered(2));
        buffer.publish(unpublished);
        assertThat(take(8)).containsExactly(2L, 3L);
    }

    /** Another worker moves {@code claimed} forward between the look and the claim: the look counts for nothing. */
    @Test
    void lostClaimStartsOver() throws Exception {
        put(1, 2, 3);
        Sequence contended = new Sequence() {
            private boolean first = true;

            @Override
            public boolean compareAndSet(long expected, long next) {
                if (first) {
                    first = false;
                    assertThat(gate.get()).as("gate before the claim").isEqualTo(expected);
                    super.set(expected + 1);
                }
                return super.compareAndSet(expected, next);
            }
        };
        BatchTaker loser = new BatchTaker(ring, contended, gate, 4 * MEGABYTE);
        assertThat(loser.take(own, 8)).isEqualTo(2);
        assertThat(Events.number(own[0])).isEqualTo(2);
        assertThat(Events.number(own[1])).isEqualTo(3);
        assertThat(gate.get()).isEqualTo(BatchTaker.OPEN);
    }

    private void put(long... numbers) {
        for (long number : numbers) {
            assertThat(ring.put(Events.numbered(number))).isTrue();
        }
    }

    private List<Long> take(int max) throws InterruptedException, AlertException {
        int count = taker.take(own, max);
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(Events.number(own[i]));
            own[i].clear();
        }
        return numbers;
    }
}
