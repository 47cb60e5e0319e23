package ch.tocco.lomigrate.benchmarks;

import ch.tocco.lomigrate.benchmarks.results.Circumstances;
import ch.tocco.lomigrate.benchmarks.results.Entry;
import ch.tocco.lomigrate.benchmarks.results.Growth;
import ch.tocco.lomigrate.benchmarks.results.Limits;
import ch.tocco.lomigrate.benchmarks.results.Mixed;
import ch.tocco.lomigrate.benchmarks.results.Outcome;
import ch.tocco.lomigrate.benchmarks.results.QueryPlan;
import ch.tocco.lomigrate.benchmarks.results.Results;
import ch.tocco.lomigrate.benchmarks.results.ResultsFile;
import ch.tocco.lomigrate.benchmarks.results.Run;
import ch.tocco.lomigrate.benchmarks.results.Score;
import ch.tocco.lomigrate.benchmarks.results.Shards;
import ch.tocco.lomigrate.benchmarks.results.Soak;
import ch.tocco.lomigrate.benchmarks.results.Sweep;
import ch.tocco.lomigrate.benchmarks.results.Timeline;
import ch.tocco.lomigrate.benchmarks.results.ToolRuns;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Made-up results of every kind. */
public final class SampleResults {
    private static final Circumstances GOOD = new Circumstances("2026-11-22", "machine", "Java 17", 5, true);
    private static final Circumstances HASTY = new Circumstances("2026-11-23", "machine", "Java 17", 1, false);

    private SampleResults() {}

    /** One entry of each kind; those of sweeps and growth are hasty. */
    public static void addAll(ResultsFile file) throws IOException {
        file.add(Results::compared, "small", GOOD, outcome("small objects"));
        file.add(
                Results::mixed,
                "mixed",
                GOOD,
                new Mixed("mixed objects", List.of(new Mixed.Round(run(1000), 500, 100, 200, 0.5, 0.25))));
        file.add(Results::resumed, "resumed", GOOD, new ToolRuns("few left", List.of(run(1000))));
        file.add(
                Results::growth,
                "growth",
                HASTY,
                new Growth(
                        "many objects",
                        List.of(new Growth.Round(run(1000), 1.25, 1.5)),
                        List.of(new QueryPlan("read", List.of("Index Scan")))));
        file.add(
                Results::shards,
                "shards",
                GOOD,
                new Shards(
                        "shared objects",
                        400,
                        List.of(
                                new Shards.Together(1, 1000, 1000, 4, 0.5),
                                new Shards.Together(2, 1000, 510, 2.5, 0.75))));
        file.add(
                Results::sweeps,
                Results.OBJECT_SIZE,
                HASTY,
                new Sweep(List.of(
                        new Sweep.Point(1, 1024, List.of(10.0, 30.0, 20.0)),
                        new Sweep.Point(4, 4096, List.of(5.0, 6.0, 7.0)))));
        for (String flag : List.of("--storer-threads", "--storer-queue")) {
            file.add(
                    Results::sweeps,
                    flag,
                    HASTY,
                    new Sweep(List.of(
                            new Sweep.Point(8, 8192, List.of(1000.0)), new Sweep.Point(64, 8192, List.of(4000.0)))));
        }
        file.add(Results::soak, "soak", GOOD, soak());
        file.add(Results::micro, "Hashing", GOOD, scores());
    }

    public static Entry<Outcome> small() {
        return new Entry<>(GOOD, outcome("small objects"));
    }

    /** 1000 objects in 2 s, 1 s of these after the start; the predecessor's way takes 10 s for 500. */
    public static Outcome outcome(String description) {
        return new Outcome(
                description,
                false,
                List.of(run(1000)),
                List.of(run(500).withoutTimeline()),
                List.of(new Run(500, 10, 5, 5, 300, new Timeline(), Map.of())),
                Optional.of(new Limits(4000, 4000, 4000, 4000, 4000, 4000, Double.POSITIVE_INFINITY)));
    }

    private static Run run(int objects) {
        Timeline timeline = new Timeline();
        for (int i = 1; i <= 20; i++) {
            timeline.add(new Timeline.Sample(i / 10.0, objects * i / 20, 0, i / 10.0, 1024L * (100 + i)));
        }
        return new Run(objects, 2, 1.5, 1, 121, timeline, Map.of("observer", 0.03, "receivers", 0.9));
    }

    public static Soak soak() {
        return new Soak(
                "a long run",
                1000,
                100,
                List.of(new Soak.Sample(50, 300, 40, 100, 8), new Soak.Sample(100, 310, 41, 101, 8)));
    }

    public static List<Score> scores() {
        return List.of(
                new Score("slow", "size=1", 10, Optional.of(1.0), "us", Optional.empty(), true),
                new Score("fast", "size=1", 2.5, Optional.empty(), "us", Optional.of(2.0), false),
                new Score("fast", "size=2", 5, Optional.empty(), "us", Optional.of(4.0), false));
    }
}
