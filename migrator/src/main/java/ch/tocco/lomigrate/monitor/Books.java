package ch.tocco.lomigrate.monitor;

import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.LoFailure;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Where a stage settles an object that does not go on: it is freed, counted, and logged where that matters. Failed rows
 * are remembered, so that a later pass does not try them again. Thread-safe.
 */
public final class Books {
    /** Beyond this many, failed rows are counted and logged but no longer remembered. */
    static final int MAX_REMEMBERED = 1_000_000;

    private static final Logger LOG = LogManager.getLogger(Books.class);

    private final Counters counters;
    private final int maxRemembered;
    private final Set<String> failed = ConcurrentHashMap.newKeySet();
    private volatile boolean allRemembered = true;

    public Books(Counters counters) {
        this(counters, MAX_REMEMBERED);
    }

    Books(Counters counters, int maxRemembered) {
        this.counters = counters;
        this.maxRemembered = maxRemembered;
    }

    /** This object cannot be migrated; {@code message} has operation and numbers. The event is empty afterwards. */
    public void failed(LoEvent event, FailureReason reason, String message) {
        LoFailure failure = LoFailure.of(event.row(), reason, message);
        event.clear();
        failed(failure);
    }

    /** A row that did not become an event cannot be migrated. */
    public void failed(LoFailure failure) {
        LOG.warn("failed: {}", failure);
        if (failed.size() < maxRemembered) {
            failed.add(failure.identity());
        } else {
            allRemembered = false;
        }
        counters.failed(failure.reason());
    }

    /** The run ended before this object was done; its row stays pending. The event is empty afterwards. */
    public void discarded(LoEvent event) {
        event.clear();
        counters.discarded();
    }

    /** True if this row has failed before, as far as that is remembered. */
    public boolean hasFailed(String hash, String oid) {
        return failed.contains(LoFailure.identity(hash, oid));
    }

    /** False once there were more failures than are remembered. */
    public boolean allRemembered() {
        return allRemembered;
    }
}
