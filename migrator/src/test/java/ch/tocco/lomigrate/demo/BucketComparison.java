package ch.tocco.lomigrate.demo;

import ch.tocco.lomigrate.testkit.checks.BucketInspector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Compares a bucket of the server that {@link Servers} has started with what an application says that it wrote: a file with
 * object key, tab and SHA-256 a line. Exit code 0 only if the bucket has these objects and no others.
 */
public final class BucketComparison {
    private static final int SHOWN = 10;

    private BucketComparison() {}

    /**
     * Compares.
     *
     * @param args the bucket and the file
     */
    public static void main(String[] args) throws Exception {
        Map<String, String> expected = Files.readAllLines(Path.of(args[1])).stream()
                .map(line -> line.split("\t"))
                .collect(Collectors.toMap(line -> line[0], line -> line[1]));
        Map<String, String> found = new TreeMap<>();
        long bytes = 0;
        try (var bucket = new BucketInspector(
                URI.create(System.getenv("LO_MIGRATE_S3_URL")),
                System.getenv("LO_MIGRATE_ACCESS_KEY"),
                System.getenv("LO_MIGRATE_SECRET_KEY"),
                args[0])) {
            for (String key : bucket.keys()) {
                var object = bucket.read(key);
                found.put(key, object.sha256());
                bytes += object.size();
            }
        }
        var keys = new TreeSet<>(expected.keySet());
        keys.addAll(found.keySet());
        keys.removeIf(key -> found.containsKey(key) && found.get(key).equals(expected.get(key)));
        if (expected.isEmpty() || !keys.isEmpty()) {
            System.out.println("of " + expected.size() + " objects, these are missing, others, or not expected: "
                    + keys.stream().limit(SHOWN).toList());
            System.exit(1);
        }
        System.out.println("the bucket has these " + found.size() + " objects (" + bytes
                + " bytes) as they were written," + " and no others");
    }
}
