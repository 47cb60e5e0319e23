package ch.tocco.lomigrate.benchmarks.e2e;

import java.util.List;
import java.util.Optional;

/**
 * All that was measured of one workload against the predecessor's way.
 *
 * @param tool runs of the tool over all objects
 * @param toolOfFirst runs of the tool over as many of the first objects as the predecessor's way had; the same runs
 *     where these are all
 * @param predecessor runs of the predecessor's way
 * @param limits each step alone; empty for servers at a distance
 */
record Outcome(
        Workload workload, List<Run> tool, List<Run> toolOfFirst, List<Run> predecessor, Optional<Limits> limits) {
    double rate() {
        return Run.median(tool, Run::rate);
    }

    /** The first giant is in the store so late that what is left would tell nothing: then of the whole process. */
    double rateAfterStart() {
        return hasStart() ? Run.median(tool, Run::rateAfterStart) : rate();
    }

    double predecessorRateAfterStart() {
        return Run.median(predecessor, hasStart() ? Run::rateAfterStart : Run::rate);
    }

    private boolean hasStart() {
        return workload.objects() > 0;
    }
}
