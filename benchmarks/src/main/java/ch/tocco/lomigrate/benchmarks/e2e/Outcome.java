package ch.tocco.lomigrate.benchmarks.e2e;

import java.util.List;
import java.util.Optional;

/**
 * All that was measured of one workload.
 *
 * @param tool runs of the tool
 * @param predecessor runs of the predecessor's way, of fewer objects where it takes too long
 * @param limits each step alone; empty for servers at a distance
 */
record Outcome(Workload workload, List<Run> tool, List<Run> predecessor, Optional<Limits> limits) {
    double rate() {
        return Run.median(tool, Run::rate);
    }

    double predecessorRate() {
        return Run.median(predecessor, Run::rate);
    }

    double rateAfterStart() {
        return Run.median(tool, Run::rateAfterStart);
    }

    double predecessorRateAfterStart() {
        return Run.median(predecessor, Run::rateAfterStart);
    }
}
