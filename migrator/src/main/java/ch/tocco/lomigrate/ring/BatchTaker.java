package ch.tocco.lomigrate.ring;

import ch.tocco.lomigrate.lo.LoEvent;
import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * One worker's side of a ring whose slots several workers take from each other in batches.
 *
 * <p>{@code claimed} is shared: the last sequence that any worker has taken. {@code gate} is this worker's own: {@link
 * #OPEN}, or the last sequence before the batch that it is moving out just now. Producers wait for the smallest of all of
 * them. The order of writes that this relies on: the gate is lowered <em>before</em> {@code claimed} moves forward, and
 * a producer reads {@code claimed} <em>before</em> the gates (it is registered first). So a producer that sees slots as
 * claimed also sees the gate that still protects them.
 */
final class BatchTaker {
    /** The value of a gate that protects nothing. */
    static final long OPEN = Long.MAX_VALUE;

    private final RingBuffer<LoEvent> buffer;
    private final Room room;
    private final SequenceBarrier barrier;
    private final Sequence claimed;
    private final Sequence gate;
    private final long maxBytes;

    BatchTaker(LoRing ring, Sequence claimed, Sequence gate, long maxBytes) {
        this.buffer = ring.disruptor().getRingBuffer();
        this.room = ring.room();
        this.barrier = buffer.newBarrier();
        this.claimed = claimed;
        this.gate = gate;
        this.maxBytes = maxBytes;
    }

    /**
     * Moves the next batch of published slots into {@code into}: at most {@code max}, at most {@code maxBytes} of weight
     * but at least one, and none after an end marker.
     *
     * @return how many were moved; 0: none came for a while
     */
    int take(LoEvent[] into, int max) throws InterruptedException, AlertException {
        while (true) {
            long last = claimed.get();
            // Asked first because waiting ends in a walk over all published slots, however many there are.
            if (!buffer.isAvailable(last + 1)) {
                try {
                    barrier.waitFor(last + 1);
                } catch (TimeoutException idle) {
                    return 0;
                }
            }
            int batch = countBatch(last, max);
            if (batch == 0) {
                LockSupport.parkNanos(1_000); // a producer stands between claiming and publishing
            } else if (claim(last, batch)) {
                moveOut(last, batch, into);
                return batch;
            }
        }
    }

    /**
     * Moves the next slot into {@code into} if it is published and no end marker; waits for nothing.
     *
     * @return false: there was none
     */
    boolean tryTake(LoEvent into) {
        while (true) {
            long last = claimed.get();
            if (!buffer.isAvailable(last + 1) || buffer.get(last + 1).isEnd()) {
                return false;
            }
            if (claim(last, 1)) {
                moveOut(last, 1, new LoEvent[] {into});
                return true;
            }
        }
    }

    void alert() {
        barrier.alert();
    }

    private int countBatch(long last, int max) {
        int batch = 0;
        long bytes = 0;
        while (batch < max && buffer.isAvailable(last + batch + 1)) {
            LoEvent event = buffer.get(last + batch + 1);
            long weight = event.bytes();
            if (batch > 0 && weight > maxBytes - bytes) {
                break;
            }
            bytes += weight;
            batch++;
            if (event.isEnd()) {
                break;
            }
        }
        return batch;
    }

    private boolean claim(long last, int batch) {
        gate.set(last);
        if (claimed.compareAndSet(last, last + batch)) {
            return true;
        }
        openGate(); // a producer may have taken it for a reason to wait
        return false;
    }

    private void openGate() {
        gate.set(OPEN);
        room.made();
    }

    private void moveOut(long last, int batch, LoEvent[] into) {
        try {
            for (int i = 0; i < batch; i++) {
                into[i].moveFrom(buffer.get(last + 1 + i));
            }
        } finally {
            openGate();
        }
    }
}
