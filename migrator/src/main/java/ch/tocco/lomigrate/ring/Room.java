package ch.tocco.lomigrate.ring;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Where producers wait that found a ring full, until consumers have made room. Costs the consumers one look at a number
 * while no thread waits.
 *
 * <p>No wake-up is lost: a producer says that it waits before it looks for room for the last time, and a consumer makes
 * room before it looks whether anybody waits; with a full fence between, one of them sees the other. Thread-safe.
 */
final class Room {
    private final AtomicInteger waiting = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition made = lock.newCondition();
    private final BooleanSupplier enough;

    /** @param enough whether there is so much room that it is worth waking those who wait; always, if the ring is empty */
    Room(BooleanSupplier enough) {
        this.enough = enough;
    }

    /**
     * Waits until {@code attempt} has succeeded, which is made at least once.
     *
     * @param giveUp asked whenever there was no room
     * @return false: given up
     */
    boolean await(BooleanSupplier attempt, BooleanSupplier giveUp) {
        lock.lock();
        waiting.incrementAndGet();
        try {
            while (!attempt.getAsBoolean()) {
                if (giveUp.getAsBoolean()) {
                    return false;
                }
                made.awaitUninterruptibly();
            }
            return true;
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
        }
    }

    /** To be called by a consumer that has just made room. */
    void made() {
        VarHandle.fullFence();
        if (waiting.get() > 0 && enough.getAsBoolean()) {
            wake();
        }
    }

    /** Has all who wait look again, also whether they are to give up. */
    void wake() {
        lock.lock();
        try {
            made.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
