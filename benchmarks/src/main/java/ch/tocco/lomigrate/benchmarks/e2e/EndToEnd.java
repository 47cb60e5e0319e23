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
    /** Two million rows take their time: the issue wants the median of three. */
    private static final int GROWTH_ROUNDS = 3;

    private final EndToEndOptions options;
    private final EmbeddedPostgres postgres;
    private final Path log;
    private final Measured measured = new Measured();

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
        // A scan of the table begins at its start, whatever was read before.
        Map<String, String> settings =
                Map.of("shared_buffers", "512MB", "fsync", "on", "synchronize_seqscans", "off", "max_wal_size", "4GB");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(settings)) {
            new EndToEnd(options, postgres, log).run();
        } finally {
            Files.delete(log);
        }
    }

    private void run() throws Exception {
        for (Workload workload : Workload.COMPARED) {
            if (options.wants(workload.name())) {
                measured.compared.add(compare(workload.scaled(options.scale())));
            }
        }
        if (options.wants(Workload.MIXED.name())) {
            measured.mixed = Optional.of(mixed(Workload.MIXED.scaled(options.scale())));
        }
        if (options.wants(Workload.RESUMED.name())) {
            measured.resumed = Optional.of(resumed(Workload.RESUMED.scaled(options.scale())));
        }
        if (options.wants(Workload.GROWTH.name())) {
            measured.growth = Optional.of(growth(Workload.GROWTH.scaled(options.scale())));
        }
        if (options.wants(Sweeps.NAME)) {
            int rounds = Math.min(GROWTH_ROUNDS, options.rounds());
            measured.sweeps.addAll(new Sweeps(postgres, options.scale(), rounds, log).run());
        }
        String page = ResultsText.of(measured, postgres.version(), options.rounds(), options.isComplete());
        Files.writeString(options.results, page);
        System.out.println(page);
        System.out.println("written to " + options.results);
    }

    private Outcome compare(Workload workload) throws Exception {
        List<Run> tool = new ArrayList<>();
        List<Run> toolOfFirst = new ArrayList<>();
        List<Run> predecessor = new ArrayList<>();
        int all = workload.pending();
        int some = Math.min(options.predecessorObjects(), all);
        try (SourceFixture source = SourceFixture.create(postgres, workload);
                Store store = Store.start(workload, postgres.port())) {
            for (int round = 1; round <= options.rounds(); round++) {
                source.reset();
                tool.add(Contender.TOOL.run(source, store, all, log));
                if (some < all) {
                    source.resetToFirst(some);
                    toolOfFirst.add(Contender.TOOL.run(source, store, some, log));
                }
                source.resetToFirst(some);
                predecessor.add(Contender.PREDECESSOR.run(source, store, some, log));
            }
            return new Outcome(
                    workload, tool, toolOfFirst.isEmpty() ? tool : toolOfFirst, predecessor, limits(source, store));
        }
    }

    private static Optional<Limits> limits(SourceFixture source, Store store) throws Exception {
        if (source.workload().isDistant()) {
            return Optional.empty();
        }
        return Optional.of(
                source.workload().objects() == 0
                        ? new LargeLimitParts(source, store).measure()
                        : new LimitParts(source, store).measure());
    }

    private Mixed mixed(Workload workload) throws Exception {
        Mixed mixed = new Mixed(workload, new ArrayList<>(), new ArrayList<>());
        try (SourceFixture source = SourceFixture.create(postgres, workload);
                Store store = Store.start(workload, postgres.port())) {
            for (int round = 1; round <= options.rounds(); round++) {
                source.reset();
                mixed.withGiants().add(Contender.TOOL.run(source, store, workload.pending(), log));
                source.resetWithoutGiants();
                mixed.alone().add(Contender.TOOL.run(source, store, workload.objects(), log));
            }
        }
        return mixed;
    }

    private ToolRuns resumed(Workload workload) throws Exception {
        try (SourceFixture source = SourceFixture.create(postgres, workload);
                Store store = Store.start(workload, postgres.port())) {
            return new ToolRuns(workload.description(), toolRuns(source, store, options.rounds()));
        }
    }

    private Growth growth(Workload workload) throws Exception {
        try (SourceFixture source = SourceFixture.create(postgres, workload);
                Store store = Store.start(workload, postgres.port())) {
            List<Run> runs = toolRuns(source, store, Math.min(GROWTH_ROUNDS, options.rounds()));
            return new Growth(workload, runs, Plans.of(source.database()));
        }
    }

    private List<Run> toolRuns(SourceFixture source, Store store, int rounds) throws Exception {
        List<Run> runs = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            source.reset();
            runs.add(Contender.TOOL.run(source, store, source.workload().pending(), log));
        }
        return runs;
    }
}
