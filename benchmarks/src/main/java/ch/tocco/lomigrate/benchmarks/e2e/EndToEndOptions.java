package ch.tocco.lomigrate.benchmarks.e2e;

import com.beust.jcommander.Parameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@link EndToEnd} is asked for on its command line. */
final class EndToEndOptions {
    private static final double QUICK_SCALE = 0.05;

    @Parameter(names = "--help", help = true, description = "shows this")
    boolean help;

    @Parameter(names = "--quick", description = "a twentieth of the objects, each once; the default")
    boolean quick;

    @Parameter(names = "--full", description = "all objects, five rounds, and the sweeps over sizes and flags")
    boolean full;

    @Parameter(names = "--scale", description = "number of objects as a share of the full workload")
    Double scale;

    @Parameter(names = "--rounds", description = "runs of each, the median counts")
    Integer rounds;

    @Parameter(
            names = "--workload",
            description = "only these: small, small-distant, medium, large, mixed, resumed, growth, slow-store, shards,"
                    + " sizes, flags; may be repeated; figures of others stay in the results")
    List<String> workloads = new ArrayList<>();

    @Parameter(
            names = "--predecessor-objects",
            description = "most objects of a run of the predecessor's way; all, with servers at a distance 20000,"
                    + " or 1000 with --quick")
    Integer predecessorObjects;

    @Parameter(names = "--results", description = "the directory of results.json, RESULTS.md and plots")
    Path results = Path.of(".");

    double scale() {
        return scale != null ? scale : full ? 1 : QUICK_SCALE;
    }

    int rounds() {
        return rounds != null ? rounds : full ? 5 : 1;
    }

    /** Two million rows take their time: three rounds have to do unless more are asked for. */
    int growthRounds() {
        return rounds != null ? rounds : full ? 3 : 1;
    }

    /** All, so that its JVM is warm for most of the run. With latency that would take half an hour each time. */
    int predecessorObjects(Workload workload) {
        int usual = !workload.isDistant() ? Integer.MAX_VALUE : full ? 20_000 : 1000;
        return predecessorObjects != null ? predecessorObjects : usual;
    }

    /** Whether all objects of a workload are migrated. */
    boolean isComplete() {
        return scale() >= 1;
    }

    boolean wants(String name) {
        return workloads.isEmpty() ? full || !Sweeps.NAMES.contains(name) : workloads.contains(name);
    }
}
