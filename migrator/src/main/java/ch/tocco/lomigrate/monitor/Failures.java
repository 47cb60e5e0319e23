package ch.tocco.lomigrate.monitor;

import ch.tocco.lomigrate.lo.LoFailure;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Where objects that could not be migrated are reported: counted, logged, and remembered so that a later pass does not
 * try them again. Thread-safe.
 */
public final class Failures {
    /** Beyond this many, failed rows are counted and logged but no longer remembered. */
    static final int MAX_REMEMBERED = 1_000_000;

    private static final Logger LOG = LogManager.getLogger(Failures.class);

    private final Counters counters;
    private final Set<String> identities = ConcurrentHashMap.newKeySet();
    private volatile boolean complete = true;

    public Failures(Counters counters) {
        this.counters = counters;
    }

    /** Reports one object. The row is settled by this. */
    public void report(LoFailure failure) {
        LOG.warn("failed: {}", failure);
        if (identities.size() < MAX_REMEMBERED) {
            identities.add(failure.identity());
        } else {
            complete = false;
        }
        counters.failed(failure.reason());
    }

    /** True if this row has failed before, as far as that is remembered. */
    public boolean hasFailed(String hash, String oid) {
        return identities.contains(LoFailure.identity(hash, oid));
    }

    /** False once there were more failures than are remembered. */
    public boolean allRemembered() {
        return complete;
    }
}
