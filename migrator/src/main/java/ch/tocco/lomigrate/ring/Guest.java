package ch.tocco.lomigrate.ring;

import ch.tocco.lomigrate.lo.LoEvent;

/**
 * Takes single slots from the ring of a stage that the worker who holds this does not belong to. Claims them as the
 * stage's own workers do, and leaves the end markers to these. For one thread.
 */
public final class Guest {
    private final BatchTaker taker;

    Guest(BatchTaker taker) {
        this.taker = taker;
    }

    /**
     * Moves the next object into {@code into}, which is empty, if there is one.
     *
     * @return false: there was none
     */
    public boolean take(LoEvent into) {
        return taker.tryTake(into);
    }
}
