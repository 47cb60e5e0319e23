package ch.tocco.lomigrate.demo;

import ch.tocco.lomigrate.arguments.Profile;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The demo of a built-in profile: makes the tables of its application with some hundred objects, runs the packaged tool with
 * {@code --profile}, and compares the bucket with what SQL says of the content. Exit code 0 only if they are the same.
 */
public final class ProfileDemo {
    private static final String BUCKET = "binaries";

    /** In a script: the query that gives object key and SHA-256 follows. */
    private static final String EXPECTED = "-- expected";

    private ProfileDemo() {}

    /**
     * Shows it.
     *
     * @param args {@code --profile} and its name
     */
    public static void main(String[] args) throws Exception {
        List<String> known =
                Profile.names().stream().filter(name -> !name.equals("tocco")).toList();
        if (args.length != 2 || !known.contains(args[1])) {
            System.err.println("usage: scripts/demo --profile NAME, one of " + String.join(", ", known));
            System.exit(2);
        }
        try (var postgres = EmbeddedPostgres.start(Map.of());
                var s3 = EmbeddedS3.start()) {
            s3.createBucket(BUCKET);
            var database = SourceDatabase.create(postgres);
            Map<String, String> expected = fill(database, args[1]);
            System.out.println("Made the tables of " + args[1] + " with " + expected.size() + " objects.");
            Path spill = Files.createTempDirectory("lo-migrate-demo-spill-");
            var cli = Cli.migrating(database, s3, BUCKET)
                    .arguments(List.of("--profile", args[1], "--spill-dir", spill.toString()));
            System.out.println("\n$ " + cli + "\n");
            int exitCode = cli.runVisibly().exitCode();
            Files.deleteIfExists(spill);
            Map<String, String> found = new TreeMap<>();
            try (var inspector = s3.inspect(BUCKET)) {
                for (String key : inspector.keys()) {
                    found.put(key, inspector.read(key).sha256());
                }
            }
            boolean passed = exitCode == 0 && found.equals(expected);
            System.out.println("\nThe bucket has " + found.size() + " objects, some of them: "
                    + found.keySet().stream().limit(3).toList());
            System.out.println(passed ? "\nDEMO PASSED\n" : "\nDEMO FAILED: exit code " + exitCode + "\n");
            System.exit(passed ? 0 : 1);
        }
    }

    /** Runs the script of a profile; says what the bucket should hold afterwards: SHA-256 by object key. */
    static Map<String, String> fill(SourceDatabase database, String profile) throws Exception {
        String script = script(profile);
        int end = script.indexOf(EXPECTED);
        database.execute(script.substring(0, end));
        Map<String, String> expected = new TreeMap<>();
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(script.substring(end))) {
            while (rows.next()) {
                expected.put(rows.getString(1), rows.getString(2));
            }
        }
        return expected;
    }

    private static String script(String profile) throws IOException {
        StringBuilder script = new StringBuilder();
        for (String name : Arrays.asList("content", profile)) {
            try (InputStream file = ProfileDemo.class.getResourceAsStream("/demo/" + name + ".sql")) {
                script.append(new String(file.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return script.toString();
    }
}
