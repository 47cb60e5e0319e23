package ch.tocco.lomigrate.lo;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Bounds bytes as a ring bounds counts. A caller takes all bytes that it needs in one step and waits while it holds
 * none, so waiting cannot deadlock. Waiters are served in the order in which they came, so a large request is not
 * starved by small ones. A request larger than the whole budget passes alone. Thread-safe.
 */
public final class ByteBudget {
    private final long capacity;
    private final BooleanSupplier aborted;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Object> waiting = new ArrayDeque<>();
    private long used;

    /** How often bytes came back that make room for others. */
    private long freed;

    /**
     * @param capacity bytes, more than 0
     * @param aborted when it says true, waiting ends without bytes; those who wait are to be told by {@link #wake}
     */
    public ByteBudget(long capacity, BooleanSupplier aborted) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity " + capacity);
        }
        this.capacity = capacity;
        this.aborted = aborted;
    }

    public long capacity() {
        return capacity;
    }

    /** Bytes that are taken now. */
    public long used() {
        lock.lock();
        try {
            return used;
        } finally {
            lock.unlock();
        }
    }

    /** Has those who wait look whether the run has ended. */
    public void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes {@code bytes}, waiting until they are there. False: the run ended, nothing is taken. */
    public boolean take(long bytes) throws InterruptedException {
        return takeLeading(new long[] {bytes}, 0, 1) == 1;
    }

    /**
     * Takes the bytes of as many of {@code sizes[from]..sizes[to - 1]} as fit, at least one, waiting until that one
     * fits.
     *
     * @return how many sizes were taken; 0: the run ended, nothing is taken
     */
    public int takeLeading(long[] sizes, int from, int to) throws InterruptedException {
        lock.lock();
        try {
            Object me = new Object();
            waiting.addLast(me);
            try {
                return awaitTurn(me, sizes[from]) ? takeFitting(sizes, from, to) : 0;
            } finally {
                waiting.remove(me);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives {@code bytes} back that were taken before. */
    public void giveBack(long bytes) {
        giveBack(bytes, true);
    }

    /**
     * The same for bytes for which there turned out to be no room where they were to go: for the others in {@link
     * #awaitFreed} that is nothing new, unless no bytes are left whose return they could wait for.
     */
    public void giveBackUnused(long bytes) {
        giveBack(bytes, false);
    }

    private void giveBack(long bytes, boolean makesRoom) {
        lock.lock();
        try {
            if (bytes > used) {
                throw new IllegalStateException("given back " + bytes + " bytes, taken are only " + used);
            }
            used -= bytes;
            freed += makesRoom || used == 0 ? 1 : 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How often bytes came back that make room for others; for {@link #awaitFreed}. */
    public long freed() {
        lock.lock();
        try {
            return freed;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until bytes have come back since {@link #freed} was {@code before}, until the run ends, or for so long. */
    public void awaitFreed(long before, Duration longest) throws InterruptedException {
        lock.lock();
        try {
            long left = longest.toNanos();
            while (freed == before && !aborted.getAsBoolean() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitTurn(Object me, long first) throws InterruptedException {
        while (waiting.peekFirst() != me || !fits(first)) {
            if (aborted.getAsBoolean()) {
                return false;
            }
            changed.await();
        }
        return !aborted.getAsBoolean();
    }

    private boolean fits(long bytes) {
        // Not used + bytes: a row may claim any size, and the sum must not overflow.
        return used == 0 || bytes <= capacity - used;
    }

    private int takeFitting(long[] sizes, int from, int to) {
        int taken = 0;
        for (int i = from; i < to && fits(sizes[i]); i++) {
            used += sizes[i];
            taken++;
        }
        return taken;
    }
}
