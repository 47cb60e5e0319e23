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
            description = "only these: small, small-distant, medium, large, mixed, resumed, growth, sweeps;"
                    + " may be repeated")
    List<String> workloads = new ArrayList<>();

    @Parameter(
            names = "--predecessor-objects",
            description = "most objects of a run of the predecessor's way; 5000, with --quick 1000")
    Integer predecessorObjects;

    @Parameter(names = "--results", description = "the page to write")
    Path results = Path.of("RESULTS.md");

    double scale() {
        return scale != null ? scale : full ? 1 : QUICK_SCALE;
    }

    int rounds() {
        return rounds != null ? rounds : full ? 5 : 1;
    }

    int predecessorObjects() {
        return predecessorObjects != null ? predecessorObjects : full ? 5000 : 1000;
    }

    /** Whether what comes of it may be quoted. */
    boolean isComplete() {
        return scale() >= 1 && rounds() >= 5;
    }

    boolean wants(String name) {
        return workloads.isEmpty() ? full || !name.equals(Sweeps.NAME) : workloads.contains(name);
    }
}
