package ch.tocco.lomigrate.benchmarks.e2e;

import java.util.List;

/**
 * What an object costs early and late in a large table.
 *
 * @param plans what the planner makes of the statements that read, list and commit
 */
record Growth(Workload workload, List<Run> runs, List<Plans.Plan> plans) {
    /** Time per object in the last fifth over the same in the second one. */
    double time(Run run) {
        Timeline line = run.timeline();
        double all = workload.objects();
        return (line.secondsAt(all) - line.secondsAt(0.8 * all))
                / (line.secondsAt(0.4 * all) - line.secondsAt(0.2 * all));
    }

    /** The same for the client's CPU time. */
    double cpu(Run run) {
        Timeline line = run.timeline();
        double all = workload.objects();
        return (line.cpuAt(all) - line.cpuAt(0.8 * all)) / (line.cpuAt(0.4 * all) - line.cpuAt(0.2 * all));
    }
}
