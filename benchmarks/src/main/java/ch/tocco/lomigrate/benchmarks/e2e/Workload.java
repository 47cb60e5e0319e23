package ch.tocco.lomigrate.benchmarks.e2e;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Objects to migrate, and how far away the servers are.
 *
 * @param name what the results call it
 * @param objects how many
 * @param minSize smallest object in bytes
 * @param maxSize largest one; sizes in between are alike frequent
 * @param databaseDelay added to each way to the database
 * @param storeDelay added to each answer of the store
 */
record Workload(String name, int objects, int minSize, int maxSize, Duration databaseDelay, Duration storeDelay) {
    private static final int KIB = 1024;

    /** Those that are measured, in full size. */
    static final List<Workload> ALL = List.of(
            new Workload("small", 200_000, KIB, 16 * KIB, Duration.ZERO, Duration.ZERO),
            new Workload("small-distant", 200_000, KIB, 16 * KIB, Duration.ofMillis(1), Duration.ofMillis(5)),
            new Workload("medium", 20_000, 100 * KIB, 100 * KIB, Duration.ZERO, Duration.ZERO));

    /** Those that are planned. */
    static final List<String> NOT_MEASURED_YET = List.of(
            "40 objects of 64 MiB and 4 of 1 GiB (spill files, multipart)",
            "100,000 small objects with 2 of 2 GiB among the first hundred",
            "1,000,000 rows of which 99 % are already migrated: time to the first PUT",
            "2,000,000 rows: cost per object in the last fifth against the second fifth");

    /** The same with fewer objects. */
    Workload scaled(double factor) {
        int fewer = Math.max(1, (int) Math.round(objects * factor));
        return new Workload(name, fewer, minSize, maxSize, databaseDelay, storeDelay);
    }

    /** Size of the object that is made from this seed. */
    int size(long seed) {
        return new SplittableRandom(seed).nextInt(minSize, maxSize + 1);
    }

    boolean isDistant() {
        return !databaseDelay.isZero();
    }

    String description() {
        String sizes = minSize == maxSize ? minSize / KIB + " KiB" : minSize / KIB + "-" + maxSize / KIB + " KiB";
        String distance = isDistant()
                ? ", %d ms each way to the database, %d ms store latency"
                        .formatted(databaseDelay.toMillis(), storeDelay.toMillis())
                : ", loopback";
        return "%,d objects of %s%s".formatted(objects, sizes, distance);
    }
}
