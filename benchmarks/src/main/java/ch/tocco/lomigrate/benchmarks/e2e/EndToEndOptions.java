package ch.tocco.lomigrate.benchmarks.e2e;

import com.beust.jcommander.Parameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@link EndToEnd} is asked for on its command line. */
final class EndToEndOptions {
    @Parameter(names = "--help", help = true, description = "shows this")
    boolean help;

    @Parameter(names = "--quick", description = "few objects, three rounds; the default")
    boolean quick;

    @Parameter(names = "--full", description = "all objects, five rounds")
    boolean full;

    @Parameter(names = "--scale", description = "number of objects as a share of the full workload")
    Double scale;

    @Parameter(names = "--rounds", description = "runs of each, the median counts")
    Integer rounds;

    @Parameter(names = "--workload", description = "only these: small, small-distant, medium; may be repeated")
    List<String> workloads = new ArrayList<>();

    @Parameter(names = "--predecessor-objects", description = "most objects of a run of the predecessor's way")
    int predecessorObjects = 5000;

    @Parameter(names = "--results", description = "the page to write")
    Path results = Path.of("RESULTS.md");

    double scale() {
        return scale != null ? scale : full ? 1 : 0.05;
    }

    int rounds() {
        return rounds != null ? rounds : full ? 5 : 3;
    }

    /** The workloads to run, in the size to run them. */
    List<Workload> chosen() {
        return Workload.ALL.stream()
                .filter(workload -> workloads.isEmpty() || workloads.contains(workload.name()))
                .map(workload -> workload.scaled(scale()))
                .toList();
    }
}
