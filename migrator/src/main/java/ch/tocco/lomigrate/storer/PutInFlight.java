package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.lifecycle.Attempts;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.store.StoreException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * The place of one PUT in flight, preallocated, with the event that the PUT owns. Between the start of a PUT and its
 * completion only the outcome is written, by the completing thread, which then forwards what is stored, or offers the place to a
 * queue.
 */
final class PutInFlight {
    final LoEvent event = new LoEvent();
    final Attempts attempts;

    /** The PUT under way, for cancelling it; null while none is. */
    volatile CompletableFuture<?> put;

    /** When it began, in the terms of {@link System#nanoTime}. */
    volatile long startedAt;

    /** When the store had answered it, in the same terms. */
    long endedAt;

    /** How the PUT ended; null: stored. */
    Throwable error;

    /** What the PUT failed with while a probe is asked whether that was the object's doing; else null. */
    StoreException suspicion;

    /** Why the store did not take the probe; null: it did. */
    Throwable probeError;

    /** What was thrown where its outcome was dealt with at once; null: nothing. */
    Throwable bug;

    /** Whether it is complete but did not get into the queue, for lack of memory: the forwarder has to find it itself. */
    volatile boolean unqueued;

    /** When to try again, in the terms of {@link System#nanoTime}. */
    long retryAt;

    /** @param breaker where all wait while the store is away */
    PutInFlight(Breaker breaker) {
        this.attempts = new Attempts(breaker, Attempts.Pace.STORE);
    }

    /** Hands it over to the forwarder; throws nothing. */
    void complete(Queue<PutInFlight> completed) {
        try {
            completed.add(this);
        } catch (Throwable e) {
            unqueued = true;
        }
    }
}
