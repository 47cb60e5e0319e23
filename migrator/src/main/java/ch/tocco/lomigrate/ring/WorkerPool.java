package ch.tocco.lomigrate.ring;

import ch.tocco.lomigrate.lo.LoEvent;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import java.util.List;
import java.util.function.Consumer;

/** The workers of one stage, each on a thread of its own, emptying one ring. */
public final class WorkerPool implements Stage {
    private final LoRing ring;
    private final Sequence claimed;
    private int endsToPut;

    private WorkerPool(LoRing ring, Sequence claimed, int workers) {
        this.ring = ring;
        this.claimed = claimed;
        this.endsToPut = workers;
    }

    /**
     * Starts a thread for each worker.
     *
     * @param maxBatch most slots that a worker takes at once
     * @param maxBytes most bytes that a worker takes at once, by the events' weight; a single event may be larger
     * @param onError is told what a worker threw; the worker goes on
     */
    public static WorkerPool start(
            LoRing ring, List<? extends Worker> workers, int maxBatch, long maxBytes, Consumer<Throwable> onError) {
        return start(ring, workers, maxBatch, maxBytes, onError, new Sequence());
    }

    /** The same with a {@code claimed} that the caller brings, so that it can see it being read and moved. */
    static WorkerPool start(
            LoRing ring,
            List<? extends Worker> workers,
            int maxBatch,
            long maxBytes,
            Consumer<Throwable> onError,
            Sequence claimed) {
        RingBuffer<?> buffer = ring.disruptor().getRingBuffer();
        // First: a producer must read it before the workers' gates, see BatchTaker.
        buffer.addGatingSequences(claimed);
        WorkerProcessor[] processors = workers.stream()
                .map(worker -> processor(ring, claimed, worker, maxBatch, maxBytes, onError))
                .toArray(WorkerProcessor[]::new);
        ring.disruptor().handleEventsWith(processors);
        for (WorkerProcessor processor : processors) {
            // Registering has set it to the cursor.
            processor.getSequence().set(BatchTaker.OPEN);
        }
        ring.disruptor().start();
        return new WorkerPool(ring, claimed, processors.length);
    }

    private static WorkerProcessor processor(
            LoRing ring, Sequence claimed, Worker worker, int maxBatch, long maxBytes, Consumer<Throwable> onError) {
        Sequence gate = new Sequence();
        BatchTaker taker = new BatchTaker(ring, claimed, gate, maxBytes);
        return new WorkerProcessor(worker, taker, gate, maxBatch, onError);
    }

    /** For one worker of another stage, which takes what this stage's own have not come to yet. */
    public Guest guest() {
        RingBuffer<LoEvent> buffer = ring.disruptor().getRingBuffer();
        Sequence gate = new Sequence();
        buffer.addGatingSequences(gate);
        // Registering has set it to the cursor.
        gate.set(BatchTaker.OPEN);
        return new Guest(new BatchTaker(ring, claimed, gate, Long.MAX_VALUE));
    }

    @Override
    public void drain() throws InterruptedException {
        // Counted: after an interrupted wait that begins again, no worker is left to take a second set of them.
        for (; endsToPut > 0; endsToPut--) {
            ring.putEnd();
        }
        ring.join();
    }
}
