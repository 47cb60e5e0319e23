package ch.tocco.lomigrate.profiles;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A database of some application beside the table of Tocco, a bucket of its own, and runs from one to the other. */
final class Application {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    final SourceDatabase database;
    final S3Server s3;
    final String bucket;
    private final Map<String, byte[]> expected = new TreeMap<>();

    Application(SourceDatabase database, S3Server s3) {
        this.database = database;
        this.s3 = s3;
        this.bucket = s3.createBucket();
    }

    /** A large object of so many bytes that the bucket should hold under this key once the run is over. */
    long object(String key, int seed, int size) throws Exception {
        byte[] content = GeneratedContent.bytes(seed, size);
        expect(key, content);
        return database.createObject(content);
    }

    /** This content, wherever the database has it. */
    void expect(String key, byte[] content) {
        expected.put(key, content);
    }

    /** Something is wrong with this one's row. */
    void notExpected(String key) {
        expected.remove(key);
    }

    /** The same database with another bucket, which may hold anything. */
    Application withAnotherBucket() {
        return new Application(database, s3);
    }

    Cli.Result run(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("--spill-dir", System.getProperty("java.io.tmpdir")));
        all.addAll(List.of(arguments));
        return Cli.migrating(database, s3, bucket).inThisJvm().arguments(all).run(LIMIT);
    }

    /** Runs lo-migrate profiles with this flag, and those of a run into the bucket. */
    Cli.Result profiles(String flag, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("profiles", flag));
        all.addAll(List.of("--s3-url", s3.endpoint().toString(), "--bucket", bucket));
        all.addAll(List.of(arguments));
        return new Cli()
                .inThisJvm()
                .environment("LO_MIGRATE_ACCESS_KEY", s3.accessKey())
                .environment("LO_MIGRATE_SECRET_KEY", s3.secretKey())
                .arguments(all)
                .run(LIMIT);
    }

    /** What the bucket should hold by now: SHA-256 by key. */
    Map<String, String> expected() {
        Map<String, String> hashes = new TreeMap<>();
        expected.forEach((key, content) -> hashes.put(key, Digests.of(content).sha256()));
        return hashes;
    }

    /** What it holds, downloaded and hashed here. */
    Map<String, String> found() throws Exception {
        Map<String, String> hashes = new TreeMap<>();
        try (var inspector = s3.inspect(bucket)) {
            for (String key : inspector.keys()) {
                hashes.put(key, inspector.read(key).sha256());
            }
        }
        return hashes;
    }

    String query(String sql) throws Exception {
        return database.query(sql).orElse("(nothing)");
    }
}
