package ch.tocco.lomigrate.benchmarks.results;

import java.util.List;

/**
 * What an object costs early and late in a large table.
 *
 * @param description what was migrated
 * @param plans what the planner makes of the statements that read, list and commit
 */
public record Growth(String description, List<Round> rounds, List<QueryPlan> plans) {
    /**
     * One run.
     *
     * @param time per object in the last fifth over the same in the second one
     * @param cpu the same for the client's CPU time
     */
    public record Round(Run run, double time, double cpu) {
        /** From the samples of a run that has just ended. */
        public static Round of(Run run) {
            Timeline line = run.timeline();
            double all = run.objects();
            return new Round(
                    run,
                    (line.secondsAt(all) - line.secondsAt(0.8 * all))
                            / (line.secondsAt(0.4 * all) - line.secondsAt(0.2 * all)),
                    (line.cpuAt(all) - line.cpuAt(0.8 * all)) / (line.cpuAt(0.4 * all) - line.cpuAt(0.2 * all)));
        }
    }

    /** What is told of each workload. */
    public ToolRuns tool() {
        return new ToolRuns(description, rounds.stream().map(Round::run).toList());
    }
}
