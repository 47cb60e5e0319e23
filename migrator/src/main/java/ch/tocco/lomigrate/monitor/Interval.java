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

    /** Waits for one interval; false: this one was ended. */
    synchronized boolean passes() throws InterruptedException {
        long begun = System.nanoTime();
        long left = length.toNanos();
        while (!ended && left > 0) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
            left = length.toNanos() - (System.nanoTime() - begun);
        }
        return !ended;
    }

    /** Wakes who waits: there is no further interval. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }
}
