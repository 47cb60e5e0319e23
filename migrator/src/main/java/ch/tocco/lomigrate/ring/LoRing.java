package ch.tocco.lomigrate.ring;

import ch.tocco.lomigrate.lo.LoEvent;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.TimeoutBlockingWaitStrategy;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A ring of preallocated slots between two stages. Any thread may put; who takes is decided once, by starting a {@link
 * WorkerPool} or a {@link HandlerPool} on it.
 */
public final class LoRing {
    /** How long a consumer waits for a slot before it is told that it is idle. */
    static final long IDLE_MILLIS = 50;

    /** How long a producer that found the ring full rests before it looks again, at first and at most. */
    private static final long FULL_NANOS = 100_000;

    private static final long LONGEST_FULL_NANOS = 16 * FULL_NANOS;

    private final String name;
    private final int size;
    private final BooleanSupplier giveUp;
    private final NamedThreads threads;
    private final Disruptor<LoEvent> disruptor;
    private final RingBuffer<LoEvent> buffer;

    /** Made while there is memory: a stage must get its end markers in any case. */
    private final LoEvent end = new LoEvent();

    /**
     * @param name what waits in the ring is for: {@code receiver}, {@code storer}, {@code committer}; its consumers'
     *     threads are called {@code <name>-1} and so on
     * @param size most objects in it; the slots are as many, or the next power of two
     * @param giveUp when it says true, a producer no longer waits for a full ring
     */
    public LoRing(String name, int size, BooleanSupplier giveUp) {
        this.name = name;
        this.size = size;
        this.giveUp = giveUp;
        this.threads = new NamedThreads(name);
        this.disruptor = new Disruptor<>(
                LoEvent::new,
                slots(size),
                threads,
                ProducerType.MULTI,
                new SteadyWait(new TimeoutBlockingWaitStrategy(IDLE_MILLIS, TimeUnit.MILLISECONDS)));
        this.buffer = disruptor.getRingBuffer();
    }

    public String name() {
        return name;
    }

    private static int slots(int size) {
        return size == 1 ? 1 : Integer.highestOneBit(size - 1) << 1;
    }

    /** How many objects it has room for. */
    public int size() {
        return size;
    }

    /** Slots that are filled now, 0 to {@link #size}; a snapshot. */
    public int used() {
        return (int) Math.max(0, Math.min(size, filled()));
    }

    private long filled() {
        return buffer.getBufferSize() - buffer.remainingCapacity();
    }

    /**
     * Moves the content of {@code from} into the ring, waiting while it is full.
     *
     * @return false: waiting was given up, the content is still with {@code from}
     */
    public boolean put(LoEvent from) {
        long rest = FULL_NANOS;
        while (!tryPut(from)) {
            if (giveUp.getAsBoolean()) {
                return false;
            }
            LockSupport.parkNanos(rest);
            rest = Math.min(2 * rest, LONGEST_FULL_NANOS);
        }
        return true;
    }

    /** Moves the content of {@code from} into the ring if there is room. */
    public boolean tryPut(LoEvent from) {
        // Where there are more slots than objects may be in it: exact for one producer.
        if (size < buffer.getBufferSize() && filled() >= size) {
            return false;
        }
        long sequence;
        try {
            sequence = buffer.tryNext();
        } catch (InsufficientCapacityException full) {
            return false;
        }
        try {
            buffer.get(sequence).moveFrom(from);
        } finally {
            // A claimed slot that is never published would block the ring for ever.
            buffer.publish(sequence);
        }
        return true;
    }

    /**
     * Puts an end marker, however long that takes: consumers go on emptying the ring until they meet one. For one
     * thread.
     */
    void putEnd() {
        end.markEnd();
        while (!tryPut(end)) {
            LockSupport.parkNanos(FULL_NANOS);
        }
    }

    Disruptor<LoEvent> disruptor() {
        return disruptor;
    }

    /** Waits until the consumers' threads have ended. */
    void join() throws InterruptedException {
        threads.join();
    }
}
