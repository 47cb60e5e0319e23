package ch.tocco.lomigrate.benchmarks.e2e;

import ch.tocco.lomigrate.testkit.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the tool over a range of sizes, and of each flag that a user may turn. */
final class Sweeps {
    static final String NAME = "sweeps";

    private static final int KIB = 1024;

    /** Bytes of all objects together, and most objects, in full size. */
    private static final long BYTES = 1L << 30;

    private static final int OBJECTS = 100_000;

    /** The object that the flags are turned with. */
    private static final int SIZE = 8 * KIB;

    /**
     * What came of one range.
     *
     * @param title what is turned
     * @param points one for each value
     */
    record Sweep(String title, List<Point> points) {}

    /** The tool with one value, in objects and MiB per second from the first object in the store on. */
    record Point(String value, double rate, double mib) {}

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

    List<Sweep> run() throws Exception {
        List<Sweep> sweeps = new ArrayList<>();
        sweeps.add(sizes(KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, 1024 * KIB));
        Workload workload = workload(SIZE);
        try (SourceFixture source = SourceFixture.create(postgres, workload);
                Store store = Store.start(workload, postgres.port())) {
            sweeps.add(flag(source, store, "--receiver-threads", "1", "2", "4", "8"));
            sweeps.add(flag(source, store, "--storer-threads", "8", "16", "32", "64", "128"));
            sweeps.add(flag(source, store, "--receiver-queue", "256", "1024", "8192", "65536"));
            sweeps.add(flag(source, store, "--storer-queue", "64", "256", "1024", "8192"));
        }
        return sweeps;
    }

    private Workload workload(int size) {
        int objects = (int) Math.min(OBJECTS, BYTES / size);
        return Workload.ofSize(size, Math.max(200, (int) Math.round(objects * scale)));
    }

    private Sweep sizes(int... sizes) throws Exception {
        List<Point> points = new ArrayList<>();
        for (int size : sizes) {
            Workload workload = workload(size);
            try (SourceFixture source = SourceFixture.create(postgres, workload);
                    Store store = Store.start(workload, postgres.port())) {
                points.add(point(source, store, size / KIB + " KiB"));
            }
        }
        return new Sweep("object size", points);
    }

    private Sweep flag(SourceFixture source, Store store, String flag, String... values) throws Exception {
        List<Point> points = new ArrayList<>();
        for (String value : values) {
            points.add(point(source, store, value, flag, value));
        }
        return new Sweep("`" + flag + "`", points);
    }

    private Point point(SourceFixture source, Store store, String value, String... flags) throws Exception {
        List<Run> runs = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            source.reset();
            runs.add(Contender.TOOL.run(source, store, source.workload().objects(), log, flags));
        }
        double rate = Run.median(runs, Run::rateAfterStart);
        return new Point(value, rate, rate * source.workload().maxSize() / (1 << 20));
    }
}
