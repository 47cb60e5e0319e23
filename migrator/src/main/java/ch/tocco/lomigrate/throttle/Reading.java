package ch.tocco.lomigrate.throttle;

import java.time.Duration;
import java.util.Optional;

/**
 * What one look at the database has found. Immutable.
 *
 * @param value the figure; of no meaning where it is unknown
 * @param words what was measured and what it is, as in "standby s1 is 14.2 s behind"; or why it is unknown
 * @param known whether there is a figure
 * @param takenAt in the terms of {@link System#nanoTime}
 */
record Reading(double value, String words, boolean known, long takenAt) {
    /** Nothing begins before the first look, but then a single good one is enough. */
    static final Reading NONE = unknown("the database was not asked yet");

    /** An older figure says nothing. */
    private static final Duration OLD = Duration.ofSeconds(10);

    static Reading of(double value, String words) {
        return new Reading(value, words, true, System.nanoTime());
    }

    static Reading unknown(String why) {
        return new Reading(0, why, false, System.nanoTime());
    }

    /** Why this reading lets nothing begin, whatever its figure is; empty if the figure counts. */
    Optional<String> uselessness(long now) {
        if (!known) {
            return Optional.of(words);
        }
        Duration age = Duration.ofNanos(now - takenAt);
        return age.compareTo(OLD) > 0
                ? Optional.of("no new figure for " + age.toSeconds() + " s; the last one: " + words)
                : Optional.empty();
    }
}
