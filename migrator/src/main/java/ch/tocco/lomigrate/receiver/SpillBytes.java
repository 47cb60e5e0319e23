package ch.tocco.lomigrate.receiver;

import ch.tocco.lomigrate.config.TuningConfig;
import java.util.OptionalLong;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** How many bytes the spill files of a run may have: never more than the disk has room for. */
public final class SpillBytes {
    private static final Logger LOG = LogManager.getLogger(SpillBytes.class);

    private SpillBytes() {}

    /**
     * The bound, at least 1.
     *
     * @param budget what the user gives; empty: {@value TuningConfig#SPILL_SHARE_PERCENT} % of what is free
     * @param free bytes that are free where the files go
     */
    public static long of(OptionalLong budget, long free) {
        long wanted = budget.orElse(free / 100 * TuningConfig.SPILL_SHARE_PERCENT);
        if (wanted > free) {
            // So an object that the empty disk could not hold fails at once, and is not waited for.
            LOG.warn("--spill-budget is more than the {} MiB that are free there, which bound it", free >> 20);
        }
        return Math.max(1, Math.min(wanted, free));
    }
}
