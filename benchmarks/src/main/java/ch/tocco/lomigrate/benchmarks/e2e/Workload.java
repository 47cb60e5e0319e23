package ch.tocco.lomigrate.benchmarks.e2e;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Objects to migrate, and how far away the servers are.
 *
 * @param name what the results call it
 * @param objects how many small ones
 * @param minSize smallest of these in bytes
 * @param maxSize largest one; sizes in between are alike frequent
 * @param giants those that are too large for memory; their rows are among the first
 * @param migrated rows before all others that need nothing any more
 * @param databaseDelay added to each way to the database
 * @param storeDelay added to each answer of the store
 */
record Workload(
        String name,
        int objects,
        int minSize,
        int maxSize,
        List<Giants> giants,
        int migrated,
        Duration databaseDelay,
        Duration storeDelay) {
    private static final int KIB = 1024;
    private static final long MIB = 1 << 20;

    /** Objects of one size. */
    record Giants(int count, long size) {
        /** Fewer, and those of a GiB and more smaller too: a few of 128 MiB go the same way. */
        private Giants scaled(double factor) {
            long smaller = size < 1024 * MIB ? size : Math.round(size * Math.min(1, Math.max(0.125, factor)));
            return new Giants(Math.max(Math.min(2, count), (int) Math.round(count * factor)), smaller / MIB * MIB);
        }

        private String description() {
            return "%,d of %,d MiB".formatted(count, size / MIB);
        }
    }

    /** Those that are compared with the predecessor's way, in full size. */
    static final List<Workload> COMPARED = List.of(
            small("small", 200_000, KIB, 16 * KIB),
            small("small-distant", 200_000, KIB, 16 * KIB).distant(),
            small("medium", 20_000, 100 * KIB, 100 * KIB),
            small("large", 0, 0, 0).with(new Giants(40, 64 * MIB), new Giants(4, 1024 * MIB)));

    /** Do giants keep small objects waiting? */
    static final Workload MIXED = small("mixed", 100_000, KIB, 16 * KIB).with(new Giants(2, 2048 * MIB));

    /** How soon does a run begin that has little left to do? */
    static final Workload RESUMED =
            new Workload("resumed", 10_000, KIB, 16 * KIB, List.of(), 990_000, Duration.ZERO, Duration.ZERO);

    /** Does an object cost more in a table of many? */
    static final Workload GROWTH = small("growth", 2_000_000, KIB, KIB);

    /** What does waiting for the store cost? */
    static final Workload SLOW_STORE = small("slow-store", 20_000, KIB, 8 * KIB).answeredAfter(Duration.ofMillis(300));

    /** What do further processes bring where the store is slow? */
    static final Workload SHARDS = small("shards", 240_000, KIB, 8 * KIB).answeredAfter(Duration.ofMillis(300));

    /** Objects of one size for each point of a plot. */
    static Workload ofSize(int size, int objects) {
        return small("size", objects, size, size);
    }

    private static Workload small(String name, int objects, int minSize, int maxSize) {
        return new Workload(name, objects, minSize, maxSize, List.of(), 0, Duration.ZERO, Duration.ZERO);
    }

    /** The same with 1 ms each way to the database, and 5 ms until the store answers. */
    Workload distant() {
        return new Workload(
                name, objects, minSize, maxSize, giants, migrated, Duration.ofMillis(1), Duration.ofMillis(5));
    }

    private Workload with(Giants... some) {
        return new Workload(name, objects, minSize, maxSize, List.of(some), migrated, databaseDelay, storeDelay);
    }

    /** The same with a store that takes so long for each answer. */
    Workload answeredAfter(Duration delay) {
        return new Workload(name, objects, minSize, maxSize, giants, migrated, databaseDelay, delay);
    }

    /** The same with fewer objects. */
    Workload scaled(double factor) {
        return new Workload(
                name,
                (int) Math.round(objects * factor),
                minSize,
                maxSize,
                giants.stream().map(some -> some.scaled(factor)).toList(),
                (int) Math.round(migrated * factor),
                databaseDelay,
                storeDelay);
    }

    /** Of all sizes. */
    int pending() {
        return objects + giantCount();
    }

    int giantCount() {
        return giants.stream().mapToInt(Giants::count).sum();
    }

    /** Size of the small object that is made from this seed. */
    int size(long seed) {
        return new SplittableRandom(seed).nextInt(minSize, maxSize + 1);
    }

    boolean isDistant() {
        return !databaseDelay.isZero();
    }

    String description() {
        StringBuilder text = new StringBuilder();
        if (objects > 0) {
            text.append("%,d objects of ".formatted(objects))
                    .append(minSize == maxSize ? "" : minSize / KIB + "-")
                    .append(maxSize / KIB + " KiB");
        }
        for (Giants some : giants) {
            text.append(text.isEmpty() ? "" : " and ").append(some.description());
        }
        if (migrated > 0) {
            text.append(" after %,d migrated rows".formatted(migrated));
        }
        return text.append(
                        isDistant()
                                ? ", %d ms each way to the database, %d ms store latency"
                                        .formatted(databaseDelay.toMillis(), storeDelay.toMillis())
                                : ", loopback" + slowStore())
                .toString();
    }

    private String slowStore() {
        return storeDelay.isZero() ? "" : ", %d ms store latency".formatted(storeDelay.toMillis());
    }
}
