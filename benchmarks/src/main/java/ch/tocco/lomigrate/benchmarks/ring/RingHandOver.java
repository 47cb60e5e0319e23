package ch.tocco.lomigrate.benchmarks.ring;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.ring.Worker;
import ch.tocco.lomigrate.ring.WorkerPool;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The tool's ring with its workers, as the receivers use it. */
final class RingHandOver extends HandOver {
    private final LoRing ring;
    private final WorkerPool workers;

    /**
     * Starts the workers.
     *
     * @param maxBatch most slots that a worker takes at once
     */
    RingHandOver(int size, int consumers, int maxBatch) {
        super(consumers);
        ring = new LoRing("bench", size, RunEnd.NEVER);
        List<Counting> counting = IntStream.range(0, consumers)
                .mapToObj(i -> new Counting(i, maxBatch))
                .toList();
        workers = WorkerPool.start(ring, counting, maxBatch, Long.MAX_VALUE, Throwable::printStackTrace);
    }

    @Override
    Entry entry() {
        LoEvent own = new LoEvent();
        return row -> {
            own.listed(row);
            ring.put(own);
        };
    }

    @Override
    void end() throws InterruptedException {
        workers.drain();
    }

    private final class Counting implements Worker {
        private final int number;
        private final LoEvent[] own;

        Counting(int number, int maxBatch) {
            this.number = number;
            this.own = Stream.generate(LoEvent::new).limit(maxBatch).toArray(LoEvent[]::new);
        }

        @Override
        public int ready(LoEvent[] into) {
            System.arraycopy(own, 0, into, 0, own.length);
            return own.length;
        }

        @Override
        public void work(LoEvent[] events, int count) {
            for (int i = 0; i < count; i++) {
                came(number, events[i].row());
                events[i].clear();
            }
        }
    }
}
