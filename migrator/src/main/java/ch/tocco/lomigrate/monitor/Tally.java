package ch.tocco.lomigrate.monitor;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** How often a run was found waiting for what. For one thread. */
final class Tally {
    private static final int LEAST_LOOKS = 3;

    private final Map<Waits, Integer> found = new EnumMap<>(Waits.class);
    private int looks;

    /** Once every second, or more often. */
    void add(Waits waits) {
        looks++;
        if (waits != Waits.NOTHING) {
            found.merge(waits, 1, Integer::sum);
        }
    }

    /** What the run waited for most, in one sentence; empty: it was too short to tell. */
    Optional<String> sentence() {
        if (looks < LEAST_LOOKS || found.isEmpty()) {
            return Optional.empty();
        }
        var most = Collections.max(found.entrySet(), Map.Entry.comparingByValue());
        return Optional.of(most.getKey().sentence(100L * most.getValue() / looks));
    }
}
