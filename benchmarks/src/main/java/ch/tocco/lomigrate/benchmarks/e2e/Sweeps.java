package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.benchmarks.results.Sweep;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the tool over a range of sizes, and of each flag that a user may turn. */
final class Sweeps {
    static final String SIZES = "sizes";
    static final String FLAGS = "flags";
    static final List<String> NAMES = List.of(SIZES, FLAGS);

    private static final int KIB = 1024;

    /** Bytes of all objects together, and most objects, in full size. */
    private static final long BYTES = 1L << 30;

    private static final int OBJECTS = 40_000;

    /** The object that the flags are turned with. */
    private static final int SIZE = 8 * KIB;

    private static final List<Integer> SIZES_KIB = List.of(1, 4, 16, 64, 256, 1024);

    /** Behind the name of a flag: with the latency of the distant workload. */
    private static final String DISTANT = " (distant)";

    private static final Map<String, List<Integer>> NEARBY_VALUES = nearbyValues();
    private static final Map<String, List<Integer>> DISTANT_VALUES = distantValues();

    private final EmbeddedPostgres postgres;
    private final double scale;
    private final int rounds;
    private final Path log;

    Sweeps(EmbeddedPostgres postgres, double scale, int rounds, Path log) {
        this.postgres = postgres;
        this.scale = scale;
        this.rounds = rounds;
        this.log = log;
    }

    /** The default of each among them. */
    private static Map<String, List<Integer>> nearbyValues() {
        Map<String, List<Integer>> values = new LinkedHashMap<>();
        values.put("--receiver-threads", List.of(1, 2, 4, 8));
        values.put("--storer-threads", List.of(8, 32, 64, 128, 256));
        values.put("--receiver-queue", List.of(256, 8192, 65536));
        values.put("--storer-queue", List.of(64, 1024, 8192));
        values.put("--commit-chunk", List.of(10, 100, 500, 1000));
        return values;
    }

    private static Map<String, List<Integer>> distantValues() {
        Map<String, List<Integer>> values = new LinkedHashMap<>();
        values.put("--receiver-threads", List.of(1, 2, 4, 8));
        values.put("--storer-threads", List.of(16, 64, 128, 256));
        values.put("--commit-chunk", List.of(10, 100, 500, 1000));
        return values;
    }

    private Workload workload(int size) {
        int objects = (int) Math.min(OBJECTS, BYTES / size);
        return Workload.ofSize(size, Math.max(200, (int) Math.round(objects * scale)));
    }

    /** Objects of one size after those of another: each has a table of its own. */
    Sweep sizes() throws Exception {
        List<Sweep.Point> points = new ArrayList<>();
        for (int kib : SIZES_KIB) {
            Workload workload = workload(kib * KIB);
            try (SourceFixture source = SourceFixture.create(postgres, workload);
                    Store store = Store.start(workload, postgres.port())) {
                List<Double> rates = new ArrayList<>();
                for (int round = 0; round < rounds; round++) {
                    rates.add(rate(source, store));
                }
                points.add(new Sweep.Point(kib, kib * KIB, rates));
            }
        }
        return new Sweep(points);
    }

    /** By flag. All values of a flag in turn, then once more: what disturbs the machine for a while disturbs all. */
    Map<String, Sweep> flags() throws Exception {
        Map<String, Sweep> sweeps = new LinkedHashMap<>();
        flags(workload(SIZE), NEARBY_VALUES).forEach(sweeps::put);
        flags(workload(SIZE).distant(), DISTANT_VALUES).forEach((flag, sweep) -> sweeps.put(flag + DISTANT, sweep));
        return sweeps;
    }

    private Map<String, Sweep> flags(Workload workload, Map<String, List<Integer>> flagValues) throws Exception {
        Map<String, Sweep> sweeps = new LinkedHashMap<>();
        try (SourceFixture source = SourceFixture.create(postgres, workload);
                Store store = Store.start(workload, postgres.port())) {
            for (var flag : flagValues.entrySet()) {
                sweeps.put(flag.getKey(), flag(source, store, flag.getKey(), flag.getValue()));
            }
        }
        return sweeps;
    }

    private Sweep flag(SourceFixture source, Store store, String flag, List<Integer> values) throws Exception {
        List<Sweep.Point> points = values.stream()
                .map(value -> new Sweep.Point(value, SIZE, new ArrayList<>()))
                .toList();
        for (int round = 0; round < rounds; round++) {
            for (Sweep.Point point : points) {
                System.out.print(flag + " " + point.value() + ": ");
                point.rates().add(rate(source, store, flag, Integer.toString(point.value())));
            }
        }
        return new Sweep(points);
    }

    private double rate(SourceFixture source, Store store, String... flags) throws Exception {
        source.reset();
        return Contender.TOOL
                .run(source, store, source.workload().objects(), log, flags)
                .rateAfterStart();
    }
}
