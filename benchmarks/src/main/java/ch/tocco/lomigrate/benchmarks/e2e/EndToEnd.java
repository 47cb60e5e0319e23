package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.testkit.EmbeddedPostgres;
import com.beust.jcommander.JCommander;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs whole migrations by the tool and by the predecessor's way in turn, and writes what they took. */
public final class EndToEnd {
    private final EndToEndOptions options;
    private final EmbeddedPostgres postgres;
    private final Path log;

    private EndToEnd(EndToEndOptions options, EmbeddedPostgres postgres, Path log) {
        this.options = options;
        this.postgres = postgres;
        this.log = log;
    }

    /** Options: see {@code --help}. */
    public static void main(String[] arguments) throws Exception {
        EndToEndOptions options = new EndToEndOptions();
        JCommander parser = JCommander.newBuilder()
                .programName("scripts/bench --end-to-end")
                .addObject(options)
                .allowParameterOverwriting(true)
                .build();
        parser.parse(arguments);
        if (options.help) {
            parser.usage();
            return;
        }
        Path log = Files.createTempFile("lo-migrate-bench-", ".log");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(Map.of("shared_buffers", "512MB", "fsync", "on"))) {
            new EndToEnd(options, postgres, log).run();
        } finally {
            Files.delete(log);
        }
    }

    private void run() throws Exception {
        List<Outcome> outcomes = new ArrayList<>();
        for (Workload workload : options.chosen()) {
            outcomes.add(measure(workload));
        }
        boolean quick = options.scale() < 1 || options.rounds() < 5;
        String page = ResultsText.of(outcomes, postgres.version(), options.rounds(), quick);
        Files.writeString(options.results, page);
        System.out.println(page);
        System.out.println("written to " + options.results);
    }

    private Outcome measure(Workload workload) throws Exception {
        System.out.println(workload.description() + ": filling");
        SourceFixture source = SourceFixture.create(postgres, workload);
        try (Store store = Store.start(workload, postgres.port())) {
            List<Run> tool = new ArrayList<>();
            List<Run> predecessor = new ArrayList<>();
            for (int round = 1; round <= options.rounds(); round++) {
                tool.add(run(Contender.TOOL, source, store, workload.objects()));
                int some = Math.min(options.predecessorObjects, workload.objects());
                predecessor.add(run(Contender.PREDECESSOR, source, store, some));
            }
            Optional<Limits> limits =
                    workload.isDistant() ? Optional.empty() : Optional.of(new LimitParts(source, store).measure());
            return new Outcome(workload, tool, predecessor, limits);
        } finally {
            postgresDrop(source);
        }
    }

    private void postgresDrop(SourceFixture source) throws Exception {
        try (var connection = postgres.connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute("DROP DATABASE " + source.database().name() + " WITH (FORCE)");
        }
    }

    private Run run(Contender contender, SourceFixture source, Store store, int objects) throws Exception {
        Run run = contender.run(source, store, objects, log);
        System.out.printf(
                "%-12s %,8.0f objects/s, %,8.0f after start, %,6.0f us CPU per object, %,5.0f MiB%n",
                contender, run.rate(), run.rateAfterStart(), run.cpuMicros(), run.peakMib());
        return run;
    }
}
