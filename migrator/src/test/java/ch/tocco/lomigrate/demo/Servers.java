package ch.tocco.lomigrate.demo;

import ch.tocco.lomigrate.testkit.checks.BucketInspector;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A PostgreSQL with many small objects and an S3 server, for a script that runs the tool by an engine. Writes what the
 * script needs to know into {@code DIRECTORY/env}; looks for itself whether all is as it should be once there is a file
 * {@code DIRECTORY/check}, and writes what is not into {@code DIRECTORY/problems}. Exit code 0 only if nothing is.
 */
public final class Servers {
    private static final String BUCKET = "binaries";
    private static final int LOOK_MILLIS = 500;

    private Servers() {}

    /**
     * Starts the servers, waits for the file {@code check}, and looks.
     *
     * @param args the directory, and how many objects
     */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        int objects = Integer.parseInt(args[1]);
        List<String> problems;
        try (var postgres = EmbeddedPostgres.start(Map.of());
                var s3 = EmbeddedS3.start()) {
            SourceDatabase database = SourceDatabase.createWithoutSha2(postgres);
            database.fill(objects, 1, seed -> 100 + (int) (seed % 400), "text/plain");
            MigrationCheck check = MigrationCheck.before(database);
            s3.createBucket(BUCKET);
            Path written = Files.writeString(directory.resolve("env.new"), """
                    export LO_MIGRATE_PG_URL='%s'
                    export LO_MIGRATE_S3_URL='%s'
                    export LO_MIGRATE_BUCKET='%s'
                    export LO_MIGRATE_ACCESS_KEY='%s'
                    export LO_MIGRATE_SECRET_KEY='%s'
                    """.formatted(
                            database.url(), s3.endpoint(), BUCKET, s3.accessKey(), s3.secretKey()));
            Files.move(written, directory.resolve("env"));
            while (!Files.exists(directory.resolve("check"))) {
                Thread.sleep(LOOK_MILLIS);
            }
            try (BucketInspector bucket = s3.inspect(BUCKET)) {
                problems = check.problems(bucket);
            }
            System.out.println(check.good() + " objects were to be migrated, " + problems.size() + " problems");
        }
        Files.write(directory.resolve("problems"), problems.stream().limit(100).toList());
        System.exit(problems.isEmpty() ? 0 : 1);
    }
}
