package ch.tocco.lomigrate.ring;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lo.LoEvent;
import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.TimeoutBlockingWaitStrategy;
import com.lmax.disruptor.WaitStrategy;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A ring of preallocated slots between two stages. Any thread may put; who takes is decided once, by starting a {@link
 * WorkerPool} or a {@link HandlerPool} on it.
 */
public final class LoRing {
    /** How long a consumer waits for a slot before it is told that it is idle. */
    static final Duration IDLE = Duration.ofMillis(50);

    /** How long consumers that gather let slots lie: not much longer than without that, until the last ones are dealt with. */
    private static final Duration GATHER = Duration.ofMillis(20);

    /** Producers that wait go on when this share is free, not to wait again for each slot; so do consumers that gather. */
    private static final int SHARE = 8;

    /** Or so many, where the ring is large: more rounds of waiting would not be saved by more. */
    private static final int ENOUGH = 1_000;

    private final String name;
    private final int size;
    private final RunEnd giveUp;
    private final Runnable hurry;
    private final NamedThreads threads;
    private final Disruptor<LoEvent> disruptor;
    private final RingBuffer<LoEvent> buffer;
    private final Room room = new Room(this::hasEnough);

    /** Made while there is memory: a stage must get its end markers in any case. */
    private final LoEvent end = new LoEvent();

    /**
     * @param name what waits in the ring is for: {@code receiver}, {@code storer}, {@code committer}; its consumers'
     *     threads are called {@code <name>-1} and so on
     * @param size most objects in it; the slots are as many, or the next power of two
     * @param giveUp from when on a producer no longer waits for a full ring
     */
    public LoRing(String name, int size, RunEnd giveUp) {
        this(name, size, giveUp, new TimeoutBlockingWaitStrategy(IDLE.toMillis(), TimeUnit.MILLISECONDS), () -> {});
    }

    /** The same for consumers that have nothing to do while they are idle: they are not told, and sleep until a slot comes. */
    public static LoRing withoutIdle(String name, int size, RunEnd giveUp) {
        return new LoRing(name, size, giveUp, new BlockingWaitStrategy(), () -> {});
    }

    /**
     * The same for consumers that do something with many slots at once: they are woken when a share of the ring is filled, or
     * look after a while.
     */
    public static LoRing gathering(String name, int size, RunEnd giveUp) {
        var waiting = new GatheringWait(share(size), GATHER, IDLE);
        return new LoRing(name, size, giveUp, waiting, waiting::hurry);
    }

    private LoRing(String name, int size, RunEnd giveUp, WaitStrategy waiting, Runnable hurry) {
        this.hurry = hurry;
        this.name = name;
        this.size = size;
        this.giveUp = giveUp;
        this.threads = new NamedThreads(name);
        this.disruptor =
                new Disruptor<>(LoEvent::new, slots(size), threads, ProducerType.MULTI, new SteadyWait(waiting));
        this.buffer = disruptor.getRingBuffer();
        giveUp.onEnd(room::wake); // for as long as the run lasts, as the ring does
    }

    public String name() {
        return name;
    }

    /** What is worth waking others for. */
    private static int share(int size) {
        return Math.max(1, Math.min(size / SHARE, ENOUGH));
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
        return tryPut(from) || room.await(() -> tryPut(from), giveUp::ended);
    }

    private boolean hasEnough() {
        return filled() <= size - share(size);
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
            // A claimed slot that is never published would block the ring until the process ends.
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
        room.await(() -> tryPut(end), RunEnd.NEVER::ended);
        hurry.run();
    }

    Disruptor<LoEvent> disruptor() {
        return disruptor;
    }

    /** Consumers have to say there that they have freed slots. */
    Room room() {
        return room;
    }

    /** Waits until the consumers' threads have ended. */
    void join() throws InterruptedException {
        threads.join();
    }
}
