package ch.tocco.lomigrate.guard;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys under which this process is storing something at the moment. Of two rows with one key and different content one
 * must fail, also where the store cannot tell as it has neither yet. Thread-safe.
 */
final class KeysInFlight {
    private final Map<String, Use> uses = new ConcurrentHashMap<>();

    /** @param count how many requests or uploads are storing this content */
    private record Use(String sha256, int count) {}

    /**
     * Begins to store this content under the key; {@link #end} must follow.
     *
     * @return false: other content is on its way there, and nothing has begun
     */
    boolean begin(String key, String sha256) {
        Use now = uses.merge(
                key,
                new Use(sha256, 1),
                (there, mine) -> there.sha256.equals(sha256) ? new Use(sha256, there.count + 1) : there);
        return now.sha256.equals(sha256);
    }

    /** One that has begun is stored, or has failed. */
    void end(String key) {
        uses.computeIfPresent(key, (same, use) -> use.count == 1 ? null : new Use(use.sha256, use.count - 1));
    }
}
