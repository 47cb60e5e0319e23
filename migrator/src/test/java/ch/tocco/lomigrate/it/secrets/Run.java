package ch.tocco.lomigrate.it.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A run of two sources, as talkative as it can be made: the first waits in its midst until it is let go, and one of its objects
 * fails; the store refuses the second. Killed when it is closed. For one thread.
 */
final class Run implements AutoCloseable {
    static final String REFUSED = "refused-bin";
    static final String[] STATEMENTS = {
        "profiles", "--ddl", "--table", "f", "--oid", "t.o", "--s3-url", "http://127.0.0.1:1", "--bucket", "nice-bin"
    };

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long PAUSE_MILLIS = 200;
    private static final Pattern LOGGED = Pattern.compile("at http://127\\.0\\.0\\.1:([0-9]+)/");

    /** Objects; the second one is missing. */
    private static final String ROWS = "CREATE TABLE f (id int PRIMARY KEY, o oid);"
            + " INSERT INTO f SELECT g, lo_from_bytea((100000000 + g)::oid, convert_to('object ' || g, 'UTF8'))"
            + " FROM generate_series(1, 5) g; SELECT lo_unlink(100000002);"
            + " INSERT INTO f SELECT 6, lo_from_bytea(100000006, convert_to(repeat('in parts', 655361), 'UTF8'));"
            + " CREATE TABLE g AS SELECT * FROM f; ALTER TABLE g ADD PRIMARY KEY (id)";

    private final SourceDatabase database;
    private final Path directory;
    private final Given given;
    private final List<String> seen;
    private final Path pause;
    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private int port;

    private Run(SourceDatabase database, Path directory, Given given, List<String> seen, Cli cli, Path pause)
            throws IOException {
        this.database = database;
        this.directory = directory;
        this.given = given;
        this.seen = seen;
        this.pause = pause;
        this.process = cli.start(
                directory.resolve("stdout").toFile(),
                directory.resolve("stderr").toFile());
    }

    /**
     * Starts the run and waits until it is paused in its midst.
     *
     * @param storeUrl where the store is
     * @param seen what the store gets, as its owner sees it
     * @param format of the log
     */
    static Run start(
            SourceDatabase database, Path directory, Given given, String storeUrl, List<String> seen, String format)
            throws Exception {
        database.execute(ROWS);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path hook = directory.resolve("hook");
        Files.writeString(hook, "#!/bin/sh\nenv >> " + directory.resolve("hook.environment") + "\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwx------"));
        Path pause = Files.createFile(directory.resolve("pause"));
        Cli cli = given.cli()
                .arguments(List.of("--upload-chunk-size", "5120", "--multipart-threshold", "0"))
                .environment("RUNTIME_DIRECTORY", directory.toString())
                .arguments(List.of("--s3-url", storeUrl, "--spill-dir", directory.toString(), "--interval", "1"))
                .arguments(List.of("--log-level", "trace", "--debug", "--log-format", format))
                .arguments(List.of("--metrics-addr", "0", "--pause-file", pause.toString(), "--hook", hook.toString()))
                .arguments(List.of("--failures", directory.resolve("failures").toString()))
                .arguments(List.of(source(directory, "f", "nice-bin"), source(directory, "g", REFUSED)));
        Run run = new Run(database, directory, given, seen, cli, pause);
        run.awaitPause();
        return run;
    }

    private static String source(Path directory, String table, String bucket) throws IOException {
        Path file = directory.resolve(table + ".conf");
        List<String> lines = new ArrayList<>(List.of("--table " + table, "--oid t.o", "--state table"));
        lines.addAll(List.of("--object-key {id}", "--overwrite", "--bucket " + bucket));
        for (String kind : List.of("json", "html")) {
            lines.add("--report " + directory.resolve(table + "-report." + kind));
        }
        Files.write(file, lines);
        return "@" + file;
    }

    private void awaitPause() throws Exception {
        Await.until(LIMIT, "paused", () -> {
            Thread.sleep(PAUSE_MILLIS); // to look takes long: this run says much
            return output().contains("paused: the file ") || !process.isAlive();
        });
        Matcher logged = LOGGED.matcher(output());
        assertThat(logged.find()).as(output()).isTrue();
        port = Integer.parseInt(logged.group(1));
    }

    /** Lets it go and waits for its end, at which the second source is refused. */
    void finish() throws Exception {
        Files.delete(pause);
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as(output())
                .isTrue();
        assertThat(process.exitValue()).as(output()).isEqualTo(3);
        assertThat(output()).contains("403 InvalidToken", "MISSING oid 100000002");
    }

    String output() throws IOException {
        return Files.readString(directory.resolve("stdout")) + Files.readString(directory.resolve("stderr"));
    }

    String page(String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(LIMIT)
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
        return answer.headers() + "\n" + answer.body();
    }

    /** Of both sources where each has its own. */
    String file(String name) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(each -> each.getFileName().toString().endsWith(name))
                    .toList()) {
                text.append(Files.readString(file)).append('\n');
            }
        }
        return text.toString();
    }

    /** Of this tool, with all that is in them. */
    String tables() throws Exception {
        return database.query("SELECT query_to_xml(string_agg(format('SELECT t::text FROM %I.%I t', table_schema,"
                        + " table_name), ' UNION ALL '), true, false, '')::text FROM information_schema.tables"
                        + " WHERE table_schema = 'lo_migrate'")
                .orElse("");
    }

    /** What other sessions can see of the tool's. */
    String sessions() throws Exception {
        return database.query("SELECT query_to_xml('SELECT * FROM pg_stat_activity WHERE datname ="
                        + " current_database()', true, false, '')::text")
                .orElse("");
    }

    /** As other users of this machine can read it; without what the user has written there. */
    String commandLine() throws IOException {
        String line = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
        String shown = line.replace('\0', '\n');
        for (String argument : given.arguments()) {
            shown = shown.replace(argument, "GIVEN");
        }
        return shown;
    }

    /** What the store or its owner's log sees, but the headers that are there for a secret. */
    String requests() {
        return String.join("\n", seen);
    }

    String control() throws Exception {
        StringBuilder said = new StringBuilder();
        for (List<String> words : List.of(
                List.of("status"), List.of("set", "interval=2"), List.of("set", "bucket=other"), List.of("pause"))) {
            Cli cli = new Cli().inThisJvm().environment("RUNTIME_DIRECTORY", directory.toString());
            said.append(cli.arguments(List.of("control")).arguments(words).run(LIMIT));
        }
        Cli resume = new Cli().inThisJvm().environment("RUNTIME_DIRECTORY", directory.toString());
        return said.append(resume.arguments(List.of("control", "resume")).run(LIMIT))
                .toString();
    }

    String discover() throws Exception {
        Path profiles = directory.resolve("profiles");
        String said = command(false, "discover", "--write-profiles", profiles.toString());
        try (Stream<Path> files = Files.list(profiles)) {
            List<Path> written = files.toList();
            assertThat(written).as(said).isNotEmpty();
            return said + Files.readString(written.get(0));
        }
    }

    String command(boolean store, String... words) throws Exception {
        Cli.Result result = given.database(store, words).inThisJvm().run(LIMIT);
        return result.toString();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
