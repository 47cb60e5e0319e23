package ch.tocco.lomigrate.benchmarks.results;

import java.util.List;

/**
 * Small objects while giants are under way, against the same ones alone.
 *
 * @param description what was migrated
 */
public record Mixed(String description, List<Round> rounds) {
    /**
     * A run with giants and one without.
     *
     * @param compared small objects that were stored when the last giant was: those that are compared
     * @param rate small objects per second until then
     * @param rateAlone how fast as many of the first small objects were when they were alone
     * @param pause longest time in seconds without a small object
     * @param pauseAlone the same without giants
     */
    public record Round(Run withGiants, long compared, double rate, double rateAlone, double pause, double pauseAlone) {
        /** From the samples of two runs that have just ended. */
        public static Round of(Run withGiants, Run alone, int giants, int small) {
            long compared = withGiants.timeline().smallWhenGiantsDone(giants);
            return new Round(
                    withGiants,
                    compared,
                    rate(withGiants, compared),
                    rate(alone, compared),
                    withGiants.timeline().longestPause(small),
                    alone.timeline().longestPause(small));
        }

        private static double rate(Run run, long objects) {
            return objects / Math.max(1e-3, run.timeline().secondsAt((double) objects) - run.firstPut());
        }
    }

    /** What is told of each workload. */
    public ToolRuns tool() {
        return new ToolRuns(description, rounds.stream().map(Round::withGiants).toList());
    }
}
