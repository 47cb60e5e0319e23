package ch.tocco.lomigrate.benchmarks.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All that one run of the benchmarks measured, in the order in which it came. */
final class Measured {
    final List<Outcome> compared = new ArrayList<>();
    final List<Sweeps.Sweep> sweeps = new ArrayList<>();
    Optional<Mixed> mixed = Optional.empty();
    Optional<ToolRuns> resumed = Optional.empty();
    Optional<Growth> growth = Optional.empty();

    /** Runs of the tool over every workload. */
    List<ToolRuns> tool() {
        List<ToolRuns> all = new ArrayList<>();
        compared.forEach(outcome -> all.add(new ToolRuns(outcome.workload().description(), outcome.tool())));
        mixed.ifPresent(some -> all.add(new ToolRuns(some.workload().description(), some.withGiants())));
        resumed.ifPresent(all::add);
        growth.ifPresent(some -> all.add(new ToolRuns(some.workload().description(), some.runs())));
        return all;
    }
}
