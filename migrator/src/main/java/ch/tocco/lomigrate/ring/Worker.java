package ch.tocco.lomigrate.ring;

import ch.tocco.lomigrate.lo.LoEvent;

/**
 * One member of a {@link WorkerPool}. All methods are called by the worker's own thread. A worker brings the events
 * that it works on: what it takes from the ring is moved into them before it works, so the ring's slots are free again
 * at once.
 */
public interface Worker {
    /**
     * Puts events of its own, all empty, into {@code into}; they may be filled when the method has returned. Waits if
     * all are in use.
     *
     * @return how many, 1 to {@code into.length}
     */
    int ready(LoEvent[] into) throws InterruptedException;

    /**
     * Works on the first {@code count} of the events that {@link #ready} named last. Every object is forwarded, failed
     * or discarded, by this call or by what it started.
     */
    void work(LoEvent[] events, int count) throws InterruptedException;

    /** Nothing came for a while. The events that {@link #ready} named last are the worker's own until it returns. */
    default void idle() throws InterruptedException {}

    /** The end marker was met, nothing more will come: ends all that this worker began and closes what it opened. */
    default void finish() throws InterruptedException {}
}
