package ch.tocco.lomigrate.throttle;

import java.util.Optional;

/** Says what a reading means for the run. For one thread. */
@FunctionalInterface
interface Judge {
    /**
     * Takes a look at the last reading, which may be one that was looked at before: that counts once.
     *
     * @param now in the terms of {@link System#nanoTime}
     * @return why nothing may begin; empty: all is well
     */
    Optional<String> of(Reading reading, long now);
}
