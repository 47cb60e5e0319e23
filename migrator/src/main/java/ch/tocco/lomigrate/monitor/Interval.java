package ch.tocco.lomigrate.monitor;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** The time between two displays, which may change while it is waited for. Thread-safe. */
public final class Interval {
    private Duration length;
    private boolean ended;

    /** @param length above zero */
    public Interval(Duration length) {
        this.length = requireNonNull(length);
    }

    public synchronized Duration length() {
        return length;
    }

    /** From now on; who waits has waited for what has passed already. */
    public synchronized void change(Duration newLength) {
        length = requireNonNull(newLength);
        notifyAll();
    }

    /**
     * Waits for one interval.
     *
     * @param pause between two of {@code meanwhile}
     * @param meanwhile what to do while it passes
     * @return false: this interval was ended
     */
    boolean passes(Duration pause, Runnable meanwhile) throws InterruptedException {
        long begun = System.nanoTime();
        while (isLeft(begun, pause)) {
            meanwhile.run();
        }
        synchronized (this) {
            return !ended;
        }
    }

    /** Waits until the interval ends, {@code most} at the longest. Returns whether some of it is still to come. */
    private synchronized boolean isLeft(long begun, Duration most) throws InterruptedException {
        long asked = System.nanoTime();
        long nanos = Math.min(left(begun), most.toNanos());
        while (!ended && nanos > 0) {
            wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
            nanos = Math.min(left(begun), most.toNanos() - (System.nanoTime() - asked));
        }
        return !ended && left(begun) > 0;
    }

    private long left(long begun) {
        return length.toNanos() - (System.nanoTime() - begun);
    }

    /** Wakes who waits: there is no further interval. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }
}
