package ch.tocco.lomigrate.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A run tells over HTTP how it goes, from its first check to its end. */
@ExtendWith(Backends.class)
@Timeout(300)
final class WatchIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Pattern LOGGED = Pattern.compile("at http://127\\.0\\.0\\.1:([0-9]+)/");
    private static final int OBJECTS = 40;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path temp;

    private SourceDatabase database;

    @BeforeEach
    void fill(SourceDatabase fresh) throws Exception {
        database = fresh;
        database.fill(OBJECTS, 1, seed -> 500, "text/plain");
    }

    private Cli cli(S3Server store, String... arguments) {
        return Cli.migrating(database, store, store.createBucket())
                .arguments(List.of("--spill-dir", temp.toString(), "--interval", "1"))
                .arguments(List.of(arguments));
    }

    private static int portOf(StartedTool tool) throws Exception {
        tool.awaitOutput("at http://127.0.0.1:");
        Matcher logged = LOGGED.matcher(tool.output());
        assertThat(logged.find()).isTrue();
        return Integer.parseInt(logged.group(1));
    }

    private HttpResponse<String> get(int port, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(LIMIT)
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
        Secrets.requireNoneIn(path, answer.body());
        return answer;
    }

    @Test
    void pausedRunSaysWhatPausesItAndIsHealthy(S3Server s3) throws Exception {
        Path pause = Files.createFile(temp.resolve("pause"));
        var cli = cli(s3, "--metrics-addr", "0", "--pause-file", pause.toString());
        try (var tool = new StartedTool(cli, temp)) {
            int port = portOf(tool);
            tool.awaitOutput("paused: the file ");
            Await.until(
                    LIMIT,
                    "the run's numbers",
                    () -> get(port, "/metrics").body().contains("lo_migrate_gate_closed{reason=\"pause file\"} 1.0\n"));
            assertThat(get(port, "/healthz").statusCode()).isEqualTo(200);
            Files.delete(pause);
            tool.end(0);
        }
    }

    /** A run that is paused in its midst stands still: then its numbers and the database must agree. */
    @Test
    void numbersAreThoseOfTheDatabase(S3Server s3) throws Exception {
        Path pause = temp.resolve("pause");
        var cli = cli(s3, "--metrics-addr", "0", "--pause-file", pause.toString(), "--max-rate", "10");
        try (var tool = new StartedTool(cli, temp)) {
            int port = portOf(tool);
            Await.until(LIMIT, "some are stored", () -> value(port, "processed_objects_total{stage=\"storer\"}") >= 3);
            Files.createFile(pause);
            tool.awaitOutput("paused: the file ");
            Await.until(
                    LIMIT,
                    "all that is stored is committed",
                    () -> value(port, "puts_in_flight") == 0
                            && value(port, "processed_objects_total{stage=\"storer\"}")
                                    == value(port, "processed_objects_total{stage=\"committer\"}"));
            int migrated = Integer.parseInt(
                    database.query("SELECT count(sha2) FROM _nice_binary").orElseThrow());
            assertThat(migrated).isBetween(3, OBJECTS - 1);
            assertThat(value(port, "processed_objects_total{stage=\"committer\"}"))
                    .isEqualTo(migrated);
            assertThat(value(port, "processed_bytes_total{stage=\"committer\"}"))
                    .isEqualTo(500 * migrated);
            assertThat(value(port, "pending_rows")).isEqualTo(OBJECTS - migrated);
            assertThat(value(port, "put_duration_seconds_count{size=\"to 64 KiB\"}"))
                    .isEqualTo(migrated);
            assertThat(value(port, "commit_duration_seconds_count")).isPositive();
            assertThat(value(port, "read_duration_seconds_count")).isPositive();
            assertThat(value(port, "list_duration_seconds_count")).isPositive();
            Files.delete(pause);
            tool.end(0);
        }
    }

    private double value(int port, String series) throws Exception {
        String prefix = "lo_migrate_" + series + " ";
        return get(port, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(prefix))
                .mapToDouble(line -> Double.parseDouble(line.substring(prefix.length())))
                .findFirst()
                .orElse(Double.NaN);
    }

    @Test
    void portThatIsTakenRefusesTheRun(S3Server s3) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Cli.Result result = cli(s3, "--metrics-addr", Integer.toString(taken.getLocalPort()))
                    .inThisJvm()
                    .run(LIMIT);
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
            assertThat(result.stderr()).contains("--metrics-addr 127.0.0.1:" + taken.getLocalPort() + " cannot be");
        }
    }

    @Test
    void listeningBeyondTheLoopbackInterfaceIsWarnedOf(S3Server s3) throws Exception {
        Cli.Result result = cli(s3, "--metrics-addr", "0.0.0.0:0").inThisJvm().run(LIMIT);
        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(result.stderr()).contains("--metrics-addr 0.0.0.0:0: readable by anyone who reaches it");
    }
}
