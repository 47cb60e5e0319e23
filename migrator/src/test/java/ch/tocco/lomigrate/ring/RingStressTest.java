package ch.tocco.lomigrate.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.testkit.EndWhen;
import com.lmax.disruptor.Sequence;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Several producers and several workers on small rings: each event arrives once, with its own content. That the checks
 * can fail is shown by running them on wirings that are {@linkplain Wiring broken on purpose}.
 *
 * <p>All of it is probabilistic: a defect is found if threads happen to meet in the wrong order. To make that likely,
 * reading and moving {@code claimed} takes a moment now and then, in the broken wirings as in the others; each broken
 * one then fails long before {@link #EVENTS} are through, and gets several times as many before it counts as not found.
 * What the order of the sequences is for is shown without luck by {@link GatingOrderTest}. {@code
 * -Dlo.migrate.stress.events=100000000} makes a long run of it. A ring that stands still for a minute is a defect too.
 */
@SuppressWarnings("ThreadPriorityCheck") // a stress test wants other interleavings
@Tag("slow")
final class RingStressTest {
    private static final int EVENTS = Integer.getInteger("lo.migrate.stress.events", 200_000);
    private static final int PRODUCERS = 3;
    private static final int WORKERS = 3;

    @ParameterizedTest
    @CsvSource({"8, 1, 100", "8, 64, 100", "16, 1, 100", "16, 64, 100", "16, 4, 100", "2, 2, 10"})
    void eachEventArrivesOnceWithItsContent(int size, int maxBatch, int percent) throws InterruptedException {
        int events = Math.toIntExact(EVENTS * (long) percent / 100);
        assertThat(new Run(Wiring.PRODUCT, size, maxBatch, events, new Sequence()).defect())
                .isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"PRODUCT", "BY_HAND"})
    void soItDoesWhenSequencesAreSlow(Wiring wiring) throws InterruptedException {
        assertThat(new Run(wiring, 8, 4, EVENTS / 4, new SlowSequence()).defect())
                .isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"GATES_REGISTERED_FIRST", "GATE_LOWERED_LATE"})
    void brokenOrderIsFound(Wiring wiring) throws InterruptedException {
        assertThat(new Run(wiring, 8, 4, 2 * EVENTS, new SlowSequence()).defect())
                .isNotNull();
    }

    /** Now and then lets other threads go first, before and after it is read and after it was moved. */
    private static final class SlowSequence extends Sequence {
        @Override
        public long get() {
            rest();
            long value = super.get();
            rest();
            return value;
        }

        @Override
        public boolean compareAndSet(long expected, long next) {
            boolean moved = super.compareAndSet(expected, next);
            rest();
            return moved;
        }

        private static void rest() {
            if (ThreadLocalRandom.current().nextInt(64) == 0) {
                LockSupport.parkNanos(1_000);
            }
        }
    }

    /** Sends events through one ring and notes the first thing that is wrong. */
    private static final class Run {
        private final LoRing ring;
        private final int maxBatch;
        private final int perProducer;
        private final ByteBudget budget = new ByteBudget(Long.MAX_VALUE, () -> false);
        private final AtomicIntegerArray arrivals;
        private final LongAdder arrived = new LongAdder();
        private final AtomicReference<String> defect = new AtomicReference<>();

        Run(Wiring wiring, int size, int maxBatch, int events, Sequence claimed) {
            this.ring = new LoRing("stress", size, new EndWhen(() -> defect.get() != null));
            this.maxBatch = maxBatch;
            this.perProducer = events / PRODUCERS;
            this.arrivals = new AtomicIntegerArray(PRODUCERS * perProducer);
            List<Worker> workers =
                    Stream.<Worker>generate(CheckingWorker::new).limit(WORKERS).toList();
            wiring.start(ring, workers, maxBatch, this::note, claimed);
        }

        /** Null if all went well. */
        String defect() throws InterruptedException {
            List<Thread> producers = IntStream.range(0, PRODUCERS)
                    .mapToObj(producer -> start(() -> produce(producer)))
                    .toList();
            for (Thread producer : producers) {
                joinUnlessStuck(producer);
            }
            if (defect.get() == null) {
                joinUnlessStuck(start(this::drain));
            }
            ring.disruptor().halt(); // in a ring with a defect end markers may get lost
            ring.join();
            for (int number = 0; number < arrivals.length() && defect.get() == null; number++) {
                if (arrivals.get(number) != 1) {
                    note("event " + number + " arrived " + arrivals.get(number) + " times");
                }
            }
            if (defect.get() == null && budget.used() != 0) {
                note("bytes not given back: " + budget.used());
            }
            return defect.get();
        }

        private static Thread start(Runnable work) {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            thread.start();
            return thread;
        }

        private void joinUnlessStuck(Thread thread) throws InterruptedException {
            long seen = -1;
            while (thread.isAlive() && arrived.sum() != seen) {
                seen = arrived.sum();
                thread.join(60_000);
            }
            if (thread.isAlive()) {
                note("stuck after " + seen + " events");
            }
        }

        private void drain() {
            try {
                for (int i = 0; i < WORKERS; i++) {
                    ring.putEnd();
                }
                ring.join();
            } catch (InterruptedException e) {
                note(e);
            }
        }

        private void produce(int producer) {
            try {
                LoEvent event = new LoEvent();
                for (int i = 0; i < perProducer && defect.get() == null; i++) {
                    fill(event, (long) producer * perProducer + i);
                    if (!ring.put(event)) {
                        return;
                    }
                }
            } catch (RuntimeException | InterruptedException e) {
                note(e);
            }
        }

        /** Number, row, bytes and hash all follow from each other, so that a mixture of two events shows. */
        private void fill(LoEvent event, long number) throws InterruptedException {
            event.listed(Rows.of(Events.hash(number), number % 100, null, number + 1));
            budget.take(Long.BYTES);
            byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
            event.received(new Payload.InMemory(bytes, budget, Long.BYTES), Long.toHexString(number * number));
        }

        private void check(LoEvent event) {
            SourceRow row = event.row();
            long number = Rows.oid(row) - 1;
            byte[] bytes = ((Payload.InMemory) event.payload()).bytes();
            arrived.increment();
            boolean intact = row.key().text().equals(Events.hash(number))
                    && row.size().bytes() == number % 100
                    && ByteBuffer.wrap(bytes).getLong() == number
                    && event.sha256().equals(Long.toHexString(number * number));
            if (!intact) {
                note("content of two events: " + row + ", " + event.sha256());
            } else if (arrivals.incrementAndGet((int) number) > 1) {
                note("event " + number + " arrived again");
            }
        }

        private void note(Throwable e) {
            note(e.toString());
        }

        private void note(String what) {
            defect.compareAndSet(null, what);
        }

        /** Checks what it gets, and that all of it is still the same when the ring has gone on for a while. */
        private final class CheckingWorker extends StubWorker {
            private long calls;

            CheckingWorker() {
                super(maxBatch);
            }

            @Override
            public void work(LoEvent[] events, int count) {
                if (++calls % 64 == 0) {
                    LockSupport.parkNanos(1_000);
                }
                List<LoEvent> seen = new ArrayList<>(List.of(events).subList(0, count));
                seen.forEach(Run.this::check);
                seen.forEach(LoEvent::clear);
            }
        }
    }
}
