package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.benchmarks.report.Report;
import ch.tocco.lomigrate.benchmarks.results.Circumstances;
import ch.tocco.lomigrate.benchmarks.results.Growth;
import ch.tocco.lomigrate.benchmarks.results.Limits;
import ch.tocco.lomigrate.benchmarks.results.Mixed;
import ch.tocco.lomigrate.benchmarks.results.Outcome;
import ch.tocco.lomigrate.benchmarks.results.Results;
import ch.tocco.lomigrate.benchmarks.results.ResultsFile;
import ch.tocco.lomigrate.benchmarks.results.Run;
import ch.tocco.lomigrate.benchmarks.results.Shards;
import ch.tocco.lomigrate.benchmarks.results.SlowStore;
import ch.tocco.lomigrate.benchmarks.results.Sweep;
import ch.tocco.lomigrate.benchmarks.results.ToolRuns;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import com.beust.jcommander.JCommander;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs whole migrations by the tool and by the predecessor's way in turn. What came of a workload is kept as soon as it
 * is measured; the page and the plots of all that is kept are made at the end.
 */
public final class EndToEnd {
    /** How many at a time. */
    private static final List<Integer> SHARDS = List.of(1, 2, 4);

    private final EndToEndOptions options;
    private final EmbeddedPostgres postgres;
    private final Path log;
    private final ResultsFile results;

    private EndToEnd(EndToEndOptions options, EmbeddedPostgres postgres, Path log) {
        this.options = options;
        this.postgres = postgres;
        this.log = log;
        this.results = new ResultsFile(options.results);
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
        Map<String, String> settings = Map.of(
                "shared_buffers", "512MB",
                "fsync", "on",
                "synchronize_seqscans", "off",
                "max_wal_size", "4GB",
                "scram_iterations", "4096");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(settings)) {
            new EndToEnd(options, postgres, log).run();
        } finally {
            Files.delete(log);
        }
        Report.write(options.results);
    }

    private void run() throws Exception {
        for (Workload workload : Workload.COMPARED) {
            if (options.wants(workload.name())) {
                Outcome outcome = compare(workload.scaled(options.scale()));
                results.add(Results::compared, workload.name(), circumstances(options.rounds()), outcome);
            }
        }
        if (options.wants(Workload.MIXED.name())) {
            Mixed mixed = mixed(Workload.MIXED.scaled(options.scale()));
            results.add(Results::mixed, Workload.MIXED.name(), circumstances(options.rounds()), mixed);
        }
        if (options.wants(Workload.RESUMED.name())) {
            ToolRuns resumed = resumed(Workload.RESUMED.scaled(options.scale()));
            results.add(Results::resumed, Workload.RESUMED.name(), circumstances(options.rounds()), resumed);
        }
        if (options.wants(Workload.GROWTH.name())) {
            int rounds = options.growthRounds();
            Growth growth = growth(Workload.GROWTH.scaled(options.scale()), rounds);
            results.add(Results::growth, Workload.GROWTH.name(), circumstances(rounds), growth);
        }
        if (options.wants(Workload.SLOW_STORE.name())) {
            SlowStore slow = slowStore(Workload.SLOW_STORE.scaled(options.scale()));
            results.add(Results::slowStore, Workload.SLOW_STORE.name(), circumstances(options.rounds()), slow);
        }
        if (options.wants(Workload.SHARDS.name())) {
            Shards shards = shards(Workload.SHARDS.scaled(options.scale()));
            results.add(Results::shards, Workload.SHARDS.name(), circumstances(options.rounds()), shards);
        }
        sweeps();
    }

    private void sweeps() throws Exception {
        Sweeps sweeps = new Sweeps(postgres, options.scale(), options.rounds(), log);
        if (options.wants(Sweeps.SIZES)) {
            results.add(Results::sweeps, Results.OBJECT_SIZE, circumstances(options.rounds()), sweeps.sizes());
        }
        if (options.wants(Sweeps.FLAGS)) {
            for (Map.Entry<String, Sweep> flag : sweeps.flags().entrySet()) {
                results.add(Results::sweeps, flag.getKey(), circumstances(options.rounds()), flag.getValue());
            }
        }
    }

    private Circumstances circumstances(int rounds) throws IOException, SQLException {
        String server = "PostgreSQL " + postgres.version() + " (embedded, fsync on, in the page cache)";
        return Circumstances.here(server, rounds, options.isComplete());
    }

    private Outcome compare(Workload workload) throws Exception {
        List<Run> tool = new ArrayList<>();
        List<Run> toolOfFirst = new ArrayList<>();
        List<Run> predecessor = new ArrayList<>();
        List<Limits> limits = new ArrayList<>();
        int all = workload.pending();
        int some = Math.min(options.predecessorObjects(workload), all);
        try (SourceFixture source = SourceFixture.create(postgres, workload);
                Store store = Store.start(workload, postgres.port())) {
            for (int round = 1; round <= options.rounds(); round++) {
                source.reset();
                tool.add(Contender.TOOL.run(source, store, all, log));
                if (some < all) {
                    source.resetToFirst(some);
                    toolOfFirst.add(Contender.TOOL.run(source, store, some, log).withoutTimeline());
                }
                source.resetToFirst(some);
                predecessor.add(
                        Contender.PREDECESSOR.run(source, store, some, log).withoutTimeline());
                // In turn with the runs: the machine is not as fast at all times.
                limits(source, store).ifPresent(limits::add);
            }
            return new Outcome(
                    workload.description(),
                    workload.objects() == 0,
                    tool,
                    toolOfFirst,
                    predecessor,
                    Limits.median(limits));
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
        List<Mixed.Round> rounds = new ArrayList<>();
        try (SourceFixture source = SourceFixture.create(postgres, workload);
                Store store = Store.start(workload, postgres.port())) {
            for (int round = 1; round <= options.rounds(); round++) {
                source.reset();
                Run withGiants = Contender.TOOL.run(source, store, workload.pending(), log);
                source.resetWithoutGiants();
                Run alone = Contender.TOOL.run(source, store, workload.objects(), log);
                rounds.add(Mixed.Round.of(withGiants, alone, workload.giantCount(), workload.objects()));
            }
        }
        return new Mixed(workload.description(), rounds);
    }

    private ToolRuns resumed(Workload workload) throws Exception {
        try (SourceFixture source = SourceFixture.create(postgres, workload);
                Store store = Store.start(workload, postgres.port())) {
            return new ToolRuns(workload.description(), toolRuns(source, store, options.rounds()));
        }
    }

    private SlowStore slowStore(Workload workload) throws Exception {
        List<Run> slow = new ArrayList<>();
        List<Run> instant = new ArrayList<>();
        try (SourceFixture source = SourceFixture.create(postgres, workload);
                Store slowOne = Store.start(workload, postgres.port());
                Store instantOne = Store.start(workload.answeredAfter(Duration.ZERO), postgres.port())) {
            for (int round = 1; round <= options.rounds(); round++) {
                source.reset();
                slow.add(Contender.TOOL.run(source, slowOne, workload.pending(), log));
                source.reset();
                instant.add(Contender.TOOL.run(source, instantOne, workload.pending(), log));
            }
        }
        return new SlowStore(workload.description(), slow, instant);
    }

    private Shards shards(Workload workload) throws Exception {
        List<Shards.Together> runs = new ArrayList<>();
        try (SourceFixture source = SourceFixture.create(postgres, workload);
                Store store = Store.start(workload, postgres.port())) {
            for (int round = 1; round <= options.rounds(); round++) {
                for (int shards : SHARDS) {
                    source.reset();
                    runs.add(ShardProcesses.run(source, store, shards));
                }
            }
        }
        double limitOfOne =
                ShardProcesses.PUTS_IN_FLIGHT * 1e3 / workload.storeDelay().toMillis();
        return new Shards(workload.description(), limitOfOne, runs);
    }

    private Growth growth(Workload workload, int rounds) throws Exception {
        try (SourceFixture source = SourceFixture.create(postgres, workload);
                Store store = Store.start(workload, postgres.port())) {
            List<Growth.Round> runs = toolRuns(source, store, rounds).stream()
                    .map(Growth.Round::of)
                    .toList();
            return new Growth(workload.description(), runs, Plans.of(source.database()));
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
