package ch.tocco.lomigrate.ring;

import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import java.util.List;
import java.util.function.Consumer;

/** How a pool's sequences are put together: as the product does it, the same by hand, and broken on purpose. */
enum Wiring {
    /** {@link WorkerPool} itself. */
    PRODUCT(false) {
        @Override
        void start(LoRing ring, List<? extends Worker> workers, int maxBatch, Consumer<Throwable> errors, Sequence c) {
            WorkerPool.start(ring, workers, maxBatch, Long.MAX_VALUE, errors, c);
        }
    },

    /** By hand, without a break: shows that it is the break that the others fail by. */
    BY_HAND(false) {
        @Override
        void start(LoRing ring, List<? extends Worker> workers, int maxBatch, Consumer<Throwable> errors, Sequence c) {
            buffer(ring).addGatingSequences(c);
            wire(ring, processors(ring, workers, maxBatch, errors, c, false));
        }
    },

    /** Producers read the gates before {@code claimed}. */
    GATES_REGISTERED_FIRST(true) {
        @Override
        void start(LoRing ring, List<? extends Worker> workers, int maxBatch, Consumer<Throwable> errors, Sequence c) {
            WorkerProcessor[] processors = processors(ring, workers, maxBatch, errors, c, false);
            ring.disruptor().handleEventsWith(processors);
            buffer(ring).addGatingSequences(c);
            openAndStart(ring, processors);
        }
    },

    /** A worker moves {@code claimed} forward before it lowers its gate. */
    GATE_LOWERED_LATE(true) {
        @Override
        void start(LoRing ring, List<? extends Worker> workers, int maxBatch, Consumer<Throwable> errors, Sequence c) {
            buffer(ring).addGatingSequences(c);
            wire(ring, processors(ring, workers, maxBatch, errors, c, true));
        }
    };

    final boolean broken;

    Wiring(boolean broken) {
        this.broken = broken;
    }

    /** Starts the workers; {@code claimed} becomes the shared sequence. */
    abstract void start(
            LoRing ring, List<? extends Worker> workers, int maxBatch, Consumer<Throwable> onError, Sequence claimed);

    private static RingBuffer<?> buffer(LoRing ring) {
        return ring.disruptor().getRingBuffer();
    }

    private static void wire(LoRing ring, WorkerProcessor[] processors) {
        ring.disruptor().handleEventsWith(processors);
        openAndStart(ring, processors);
    }

    private static void openAndStart(LoRing ring, WorkerProcessor[] processors) {
        for (WorkerProcessor processor : processors) {
            processor.getSequence().set(BatchTaker.OPEN);
        }
        ring.disruptor().start();
    }

    private static WorkerProcessor[] processors(
            LoRing ring,
            List<? extends Worker> workers,
            int maxBatch,
            Consumer<Throwable> onError,
            Sequence claimed,
            boolean late) {
        return workers.stream()
                .map(worker -> {
                    LateGate gate = new LateGate(late);
                    Sequence seen = late ? new ClaimedBeforeGate(claimed, gate) : claimed;
                    BatchTaker taker = new BatchTaker(ring, seen, gate, Long.MAX_VALUE);
                    return new WorkerProcessor(worker, taker, gate, maxBatch, onError);
                })
                .toArray(WorkerProcessor[]::new);
    }

    /** A gate that, if it is late, is only lowered when it is told to be. Used by one worker. */
    private static final class LateGate extends Sequence {
        private final boolean late;
        private long held;

        LateGate(boolean late) {
            this.late = late;
        }

        @Override
        public void set(long value) {
            if (late && value != BatchTaker.OPEN) {
                held = value;
            } else {
                super.set(value);
            }
        }

        void lower() {
            super.set(held);
        }
    }

    /** One worker's view of {@code claimed}: moving it forward comes before lowering the gate. */
    private static final class ClaimedBeforeGate extends Sequence {
        private final Sequence claimed;
        private final LateGate gate;

        ClaimedBeforeGate(Sequence claimed, LateGate gate) {
            this.claimed = claimed;
            this.gate = gate;
        }

        @Override
        public long get() {
            return claimed.get();
        }

        @Override
        public boolean compareAndSet(long expected, long next) {
            boolean moved = claimed.compareAndSet(expected, next);
            gate.lower();
            return moved;
        }
    }
}
