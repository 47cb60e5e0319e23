package ch.tocco.lomigrate.ring;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.WaitStrategy;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets slots gather. Producers wake the consumers only when enough slots are published; before that a consumer looks by itself
 * after a while, and takes what is there. So a slot that comes alone wakes no consumer. When none has come for longer, producers
 * wake the consumers for the next one.
 *
 * <p>No wake-up is lost: a consumer says what it waits for before it looks for it for the last time, and a producer publishes
 * before it looks what is waited for; with a full fence between, one of them sees the other.
 */
final class GatheringWait implements WaitStrategy {
    /** What no sequence reaches: no consumer waits. */
    private static final long NEVER = Long.MAX_VALUE;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition gathered = lock.newCondition();
    private final long gatherNanos;
    private final long idleNanos;
    private volatile int enough;
    private volatile boolean silent = true; // nothing has come for a while: consumers are woken for the next slot
    private volatile long wakesAt = NEVER; // no consumer has to be woken for less; written under lock
    private volatile Sequence published; // null until a consumer waits for the first time

    /**
     * @param enough consumers are woken for so many slots, 1 or more
     * @param gather how long a consumer sleeps while there are fewer
     * @param idle how long it sleeps while there are none, until it is told
     */
    GatheringWait(int enough, Duration gather, Duration idle) {
        this.enough = enough;
        this.gatherNanos = gather.toNanos();
        this.idleNanos = idle.toNanos();
    }

    /** From now on consumers are woken for each slot. */
    void hurry() {
        enough = 1;
        wake();
    }

    @Override
    public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier)
            throws AlertException, InterruptedException, TimeoutException {
        published = cursor;
        long since = System.nanoTime();
        while (cursor.get() < sequence) {
            sleep(silent ? idleNanos : gatherNanos, sequence, cursor, barrier);
            if (cursor.get() < sequence && System.nanoTime() - since >= idleNanos) {
                silent = true;
                throw TimeoutException.INSTANCE;
            }
        }
        silent = false;
        return dependent.get();
    }

    /** At most so long, until it is worth waking a consumer that waits for {@code sequence}. */
    private void sleep(long mostNanos, long sequence, Sequence cursor, SequenceBarrier barrier)
            throws AlertException, InterruptedException {
        lock.lock();
        try {
            long left = mostNanos;
            while (left > 0 && !isThere(silent ? sequence : sequence + enough - 1, cursor)) {
                barrier.checkAlert();
                left = gathered.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isThere(long sequence, Sequence cursor) {
        wakesAt = Math.min(wakesAt, sequence); // another consumer may wait for less
        VarHandle.fullFence();
        return cursor.get() >= sequence;
    }

    /** By producers, for each slot. An alert wakes at once after {@link #hurry} only. */
    @Override
    public void signalAllWhenBlocking() {
        VarHandle.fullFence();
        Sequence last = published;
        // where each slot wakes them nothing is saved by asking, and who alerts them publishes nothing
        if (enough == 1 || (last != null && last.get() >= wakesAt)) {
            wake();
        }
    }

    private void wake() {
        lock.lock();
        try {
            wakesAt = NEVER; // all look again, and say anew what they wait for
            gathered.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
