package ch.tocco.lomigrate.observer;

import ch.tocco.lomigrate.lo.LoEvent;

/** Where listed rows go. For the thread that lists. */
@FunctionalInterface
public interface Onward {
    /**
     * Takes over the event of a listed object, and may wait for room.
     *
     * @return false: the run ended, it was not taken
     */
    boolean take(LoEvent listed);

    /** Rows will come, until {@link #listingEnds}. */
    default void listingBegins() {}

    /** No more rows come for now. */
    default void listingEnds() {}
}
