package ch.tocco.lomigrate.throttle;

import java.time.Duration;
import java.util.Optional;

/**
 * What one look at the database has found. Immutable.
 *
 * @param value the figure; of no meaning where it is unknown
 * @param words what was measured and what it is, as in "standby s1 is 14.2 s behind"; or why it is unknown
 * @param kind what it is worth
 * @param takenAt in the terms of {@link System#nanoTime}
 */
record Reading(double value, String words, Kind kind, long takenAt) {
    /** What a reading is worth. */
    enum Kind {
        /** There is a figure. */
        FIGURE,
        /** There is none, and there should be: nothing begins, and several good figures must follow. */
        UNKNOWN,
        /** There is none yet: nothing begins, but then a single good figure is enough. */
        EARLY
    }

    /** Before the first look. */
    static final Reading NONE = early("the database was not asked yet");

    /** An older figure says nothing. */
    private static final Duration OLD = Duration.ofSeconds(10);

    static Reading of(double value, String words) {
        return new Reading(value, words, Kind.FIGURE, System.nanoTime());
    }

    static Reading unknown(String why) {
        return new Reading(0, why, Kind.UNKNOWN, System.nanoTime());
    }

    static Reading early(String why) {
        return new Reading(0, why, Kind.EARLY, System.nanoTime());
    }

    boolean known() {
        return kind == Kind.FIGURE;
    }

    /** Why this reading lets nothing begin, whatever its figure is; empty if the figure counts. */
    Optional<String> uselessness(long now) {
        if (!known()) {
            return Optional.of(words);
        }
        Duration age = Duration.ofNanos(now - takenAt);
        return age.compareTo(OLD) > 0
                ? Optional.of("no new figure for " + age.toSeconds() + " s; the last one: " + words)
                : Optional.empty();
    }
}
