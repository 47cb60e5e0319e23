package ch.tocco.lomigrate.benchmarks.e2e;

import java.util.List;

/** Small objects while giants are under way, against the same ones alone. */
record Mixed(Workload workload, List<Run> withGiants, List<Run> alone) {
    /** How many small objects were stored when the last giant was: those that are compared. */
    long compared(Run run) {
        return run.timeline().smallWhenGiantsDone(workload.giantCount());
    }

    /** Small objects per second until the last giant was stored. */
    double rateWithGiants(Run run) {
        return rate(run, compared(run));
    }

    /** How fast as many of the first small objects are when they are alone. */
    double rateAlone(Run withGiants) {
        return Run.median(alone, run -> rate(run, compared(withGiants)));
    }

    private static double rate(Run run, long objects) {
        return objects / Math.max(1e-3, run.timeline().secondsAt((double) objects) - run.firstPut());
    }

    /** Longest time in seconds without a small object. */
    double longestPause(Run run) {
        return run.timeline().longestPause(workload.objects());
    }
}
