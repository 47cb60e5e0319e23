package ch.tocco.lomigrate.demo;

import ch.tocco.lomigrate.testkit.checks.BucketInspector;
import ch.tocco.lomigrate.testkit.checks.MigrationCheck;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A PostgreSQL with many small objects and an S3 server, for a script that runs the tool by an engine. Writes what the
 * script needs to know into {@code DIRECTORY/env}. Once there is a file {@code DIRECTORY/later}, it inserts rows that it
 * has held back so far, and removes that file. Once there is a file {@code DIRECTORY/check}, it looks for itself whether
 * all is as it should be, and writes what is not into {@code DIRECTORY/problems}. Exit code 0 only if nothing is.
 */
public final class Servers {
    private static final String BUCKET = "binaries";
    private static final int LOOK_MILLIS = 500;

    private Servers() {}

    /**
     * Starts the servers, waits for the file {@code check}, and looks.
     *
     * @param args the directory, how many objects, how many later ones, the address at which others reach the servers, and
     *     names: each gets an empty database and an empty bucket
     */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        int objects = Integer.parseInt(args[1]);
        int later = Integer.parseInt(args[2]);
        String host = args[3];
        List<String> problems;
        try (var postgres = EmbeddedPostgres.startOn(host, Map.of());
                var s3 = EmbeddedS3.startOn(host)) {
            SourceDatabase database = SourceDatabase.createWithoutSha2(postgres);
            database.fill(objects, 1, seed -> 100 + (int) (seed % 400), "text/plain");
            database.execute("CREATE TABLE former AS SELECT hash FROM _nice_binary");
            database.fill(later, 1 + objects, seed -> 100 + (int) (seed % 400), "text/plain");
            MigrationCheck check = MigrationCheck.before(database);
            database.execute("CREATE TABLE later AS SELECT * FROM _nice_binary b"
                    + " WHERE NOT EXISTS (SELECT FROM former f WHERE f.hash = b.hash);"
                    + " DELETE FROM _nice_binary b USING later l WHERE l.hash = b.hash; DROP TABLE former");
            s3.createBucket(BUCKET);
            for (String name : List.of(args).subList(4, args.length)) {
                database.execute("CREATE DATABASE \"" + name + "\"");
                s3.createBucket(name);
            }
            write(directory.resolve("env"), host, database, s3);
            while (!Files.exists(directory.resolve("check"))) {
                Thread.sleep(LOOK_MILLIS);
                if (Files.exists(directory.resolve("later"))) {
                    database.execute("INSERT INTO _nice_binary (hash, size, mime_type, data)"
                            + " SELECT hash, size, mime_type, data FROM later; TRUNCATE later");
                    Files.delete(directory.resolve("later"));
                }
            }
            try (BucketInspector bucket = s3.inspect(BUCKET)) {
                problems = check.problems(bucket, s3.keys(BUCKET));
            }
            System.out.println(check.good() + " objects were to be migrated, " + problems.size() + " problems");
        }
        Files.write(directory.resolve("problems"), problems.stream().limit(100).toList());
        System.exit(problems.isEmpty() ? 0 : 1);
    }

    /** The password stands apart from the URL, as in a cluster's secrets. */
    private static void write(Path env, String host, SourceDatabase database, EmbeddedS3 s3) throws IOException {
        Path written = Files.writeString(env.resolveSibling("env.new"), """
                export LO_MIGRATE_PG_URL='postgresql://%s@%s:%d/%s'
                export PGPASSWORD='%s'
                export LO_MIGRATE_S3_URL='%s'
                export LO_MIGRATE_BUCKET='%s'
                export LO_MIGRATE_ACCESS_KEY='%s'
                export LO_MIGRATE_SECRET_KEY='%s'
                """.formatted(
                        database.server().user(),
                        host,
                        database.server().port(),
                        database.name(),
                        database.server().password(),
                        s3.endpoint(),
                        BUCKET,
                        s3.accessKey(),
                        s3.secretKey()));
        Files.move(written, env);
    }
}
