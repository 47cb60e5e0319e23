package ch.tocco.lomigrate.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/**
 * A real Prometheus scrapes a run once a second; each query of the dashboard and of the alert rules then gives data. For {@code
 * scripts/try-prometheus}: skipped unless that asks for it, or where no Prometheus is installed.
 */
@ExtendWith(Backends.class)
@Timeout(600)
@Tag("slow")
final class RealPrometheusIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Path GRAFANA = Path.of("../scripts/grafana").toAbsolutePath();
    private static final Pattern LOGGED = Pattern.compile("at http://127\\.0\\.0\\.1:([0-9]+)/");

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path temp;

    @Test
    void eachQueryOfDashboardAndRulesGivesData(SourceDatabase database, S3Server s3) throws Exception {
        assumeThat(Boolean.getBoolean("lo.migrate.try"))
                .as("scripts/try-prometheus asks for it")
                .isTrue();
        assumeThat(installed()).as("Prometheus is installed").isTrue();
        fill(database);
        Path pause = temp.resolve("pause");
        var cli = Cli.migrating(database, s3, s3.createBucket())
                .arguments(List.of("--spill-dir", temp.toString(), "--interval", "1", "--metrics-addr", "0"))
                .arguments(List.of("--max-rate", "40", "--pause-file", pause.toString()));
        try (var tool = new StartedTool(cli, temp)) {
            int port = portOf(tool);
            checkByPromtool(port);
            int own = freePort();
            Process prometheus = prometheus(port, own);
            try {
                List<String> queries = queries();
                assertThat(queries).hasSizeGreaterThan(20);
                Await.until(
                        LIMIT,
                        "40 s of scrapes",
                        () -> !query(own, "lo_migrate_processed_objects_total offset 40s")
                                .isEmpty());
                Files.createFile(pause);
                tool.awaitOutput("paused: the file ");
                Await.until(
                        LIMIT,
                        "the pause is scraped",
                        () -> !query(own, "lo_migrate_gate_closed == 1").isEmpty());
                List<String> withoutData = new ArrayList<>();
                for (String query : queries) {
                    if (query(own, query).isEmpty()) {
                        withoutData.add(query);
                    }
                }
                assertThat(withoutData).as("of " + queries.size() + " queries").isEmpty();
                System.out.printf("all %d queries of dashboard and rules give data%n", queries.size());
            } finally {
                prometheus.destroy();
                prometheus.waitFor();
            }
        }
    }

    /** Enough to last at the rate of the run; some are missing, so that there are failures to be seen. */
    private static void fill(SourceDatabase database) throws SQLException {
        database.fill(6000, 1, seed -> 500, "text/plain");
        database.query("SELECT count(lo_unlink(data)) FROM (SELECT data FROM _nice_binary ORDER BY data LIMIT 400) x");
    }

    private static boolean installed() {
        try {
            return run("prometheus", "--version") == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor();
    }

    private static int portOf(StartedTool tool) throws Exception {
        tool.awaitOutput("at http://127.0.0.1:");
        Matcher logged = LOGGED.matcher(tool.output());
        assertThat(logged.find()).isTrue();
        return Integer.parseInt(logged.group(1));
    }

    private void checkByPromtool(int port) throws Exception {
        Await.until(
                LIMIT,
                "the run's numbers",
                () -> get("http://127.0.0.1:" + port + "/metrics").contains("lo_migrate_pending_rows"));
        Path metrics = Files.writeString(temp.resolve("metrics.txt"), get("http://127.0.0.1:" + port + "/metrics"));
        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectInput(metrics.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), UTF_8);
        assertThat(promtool.waitFor()).as(said).isZero();
        assertThat(said.lines().filter(line -> line.contains("lo_migrate"))).isEmpty();
        assertThat(run(
                        "promtool",
                        "check",
                        "rules",
                        GRAFANA.resolve("alerts.yml").toString()))
                .isZero();
    }

    private Process prometheus(int scraped, int own) throws IOException {
        Path config = Files.writeString(
                temp.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ['%s']
                scrape_configs:
                  - job_name: lo-migrate
                    static_configs: [{targets: ['127.0.0.1:%d']}]
                """.formatted(GRAFANA.resolve("alerts.yml"), scraped));
        return new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + temp.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + own)
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("prometheus.log").toFile())
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Those of the dashboard with its variables set, and both sides of each comparison of the rules. */
    private static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        for (JsonNode panel : JsonNode.parser()
                .parse(Files.readString(GRAFANA.resolve("lo-migrate.json")))
                .asObject()
                .get("panels")
                .asArray()) {
            for (JsonNode target : panel.asObject().get("targets").asArray()) {
                queries.add(target.asObject()
                        .get("expr")
                        .text()
                        .replace("$instance", ".*")
                        .replace("$__rate_interval", "20s")
                        .replace("[10m]", "[20s]"));
            }
        }
        // a rule that is quiet gives nothing, as it should: its parts must give something
        queries.addAll(List.of(
                "time() - lo_migrate_last_commit_timestamp_seconds > 0",
                "min_over_time(lo_migrate_gate_open[10m])",
                "lo_migrate_pending_rows > 0",
                "sum by (instance, job, reason) (lo_migrate_failed_objects_total) > 0",
                "lo_migrate_server_away == 0",
                "time() - lo_migrate_last_commit_timestamp_seconds > 0 and min_over_time(lo_migrate_gate_open[10m])"
                        + " >= 0 and lo_migrate_pending_rows > 0"));
        return queries;
    }

    private List<JsonNode> query(int prometheus, String query) throws Exception {
        String url = "http://127.0.0.1:" + prometheus + "/api/v1/query?query=" + URLEncoder.encode(query, UTF_8);
        String answer;
        try {
            answer = get(url);
        } catch (IOException notUpYet) {
            return List.of();
        }
        var parsed = JsonNode.parser().parse(answer).asObject();
        assertThat(parsed.get("status").text()).as(query + ": " + answer).isEqualTo("success");
        return parsed.get("data").asObject().get("result").asArray();
    }

    private String get(String url) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
