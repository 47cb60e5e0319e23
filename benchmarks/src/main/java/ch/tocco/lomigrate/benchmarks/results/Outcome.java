package ch.tocco.lomigrate.benchmarks.results;

import java.util.List;
import java.util.Optional;

/**
 * All that was measured of one workload against the predecessor's way.
 *
 * @param description what was migrated
 * @param onlyGiants no small objects
 * @param tool runs of the tool over all objects
 * @param toolOfFirst runs of the tool over as many of the first objects as the predecessor's way had; empty where
 *     these are all
 * @param predecessor runs of the predecessor's way
 * @param limits each step alone; empty for servers at a distance
 */
public record Outcome(
        String description,
        boolean onlyGiants,
        List<Run> tool,
        List<Run> toolOfFirst,
        List<Run> predecessor,
        Optional<Limits> limits) {
    /** Runs of the tool over the objects that the predecessor's way had. */
    public List<Run> toolOfSame() {
        return toolOfFirst.isEmpty() ? tool : toolOfFirst;
    }

    public double rate() {
        return Run.median(tool, Run::rate);
    }

    /** The first giant is in the store so late that what is left would tell nothing: then of the whole process. */
    public double rateAfterStart() {
        return onlyGiants ? rate() : Run.median(tool, Run::rateAfterStart);
    }

    /** The same over the objects that the predecessor's way had. */
    public double sameRateAfterStart() {
        return Run.median(toolOfSame(), onlyGiants ? Run::rate : Run::rateAfterStart);
    }

    public double predecessorRateAfterStart() {
        return Run.median(predecessor, onlyGiants ? Run::rate : Run::rateAfterStart);
    }
}
