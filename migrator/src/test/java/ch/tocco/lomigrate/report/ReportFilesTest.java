package ch.tocco.lomigrate.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoFailure;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.watch.RunInFlight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/** A report is there from the start, complete at any moment, and has the last numbers at the end. */
@Timeout(60)
final class ReportFilesTest {
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    private Path temp;

    private final RunInFlight run = new RunInFlight();
    private final FirstFailures failures = new FirstFailures();

    private static Map<String, JsonNode> read(Path file) throws IOException {
        return JsonNode.parser().parse(Files.readString(file)).asObject();
    }

    private static LoFailure failure(int number) {
        return LoFailure.of(
                Rows.of(String.format("%040x", number), 5, "text/plain", number),
                FailureReason.MISSING,
                "no such object");
    }

    @Test
    void reportIsThereFromTheStartAndHasCommandConfigurationAndVersions() throws Exception {
        Path file = temp.resolve("report.json");
        run.watched.met("PostgreSQL", "15.8 (Debian)");
        try (ReportFiles unused = ReportFiles.start(List.of(file), run.watched, failures, NEVER)) {
            assertThat(unused).isNotNull();
            Map<String, JsonNode> report = read(file);
            assertThat(report.get("versions").asObject().get("PostgreSQL").text())
                    .isEqualTo("15.8 (Debian)");
            assertThat(report.get("command").text()).isEqualTo("lo-migrate migrate --bucket objects");
            assertThat(report.get("configuration").text()).contains("bucket                objects");
            assertThat(report.get("versions").asObject().get("lo-migrate").text())
                    .isEqualTo("lo-migrate 9.8.7");
            assertThat(report.get("versions").asObject()).containsKeys("Java", "operating system");
            assertThat(report.get("status").asObject().get("phase").text()).isEqualTo("checking");
        }
    }

    @Test
    void reportIsReplacedAsAWholeWhileTheRunGoesOn() throws Exception {
        Path file = temp.resolve("report.json");
        run.migrates();
        try (ReportFiles unused = ReportFiles.start(List.of(file), run.watched, failures, Duration.ofMillis(1))) {
            assertThat(unused).isNotNull();
            for (int i = 0; i < 300; i++) {
                run.counters.observed().done(1);
                assertThat(read(file)).containsKey("failures_left_out"); // the last of it: half a file would not parse
            }
            Await.until(
                    Duration.ofSeconds(30),
                    "the newest number",
                    () -> Files.readString(file).contains("\"name\":\"observer\",\"objects\":300,"));
        }
    }

    @Test
    void reportHasTheServersVersionsOnceTheyAreKnownAndNotAMinuteLater() throws Exception {
        Path file = temp.resolve("report.json");
        try (ReportFiles files = ReportFiles.start(List.of(file), run.watched, failures, NEVER)) {
            assertThat(read(file).get("versions").asObject()).doesNotContainKey("PostgreSQL");
            run.watched.met("PostgreSQL", "15.8 (Debian)");
            files.refresh();
            Await.until(
                    Duration.ofSeconds(30),
                    "the version of PostgreSQL",
                    () -> read(file).get("versions").asObject().containsKey("PostgreSQL"));
        }
    }

    @Test
    void lastReportHasTheOutcomeAndNoOtherFileIsLeft() throws Exception {
        Path json = temp.resolve("report.json");
        Path html = temp.resolve("report.html");
        run.migrates();
        ReportFiles files = ReportFiles.start(List.of(json, html), run.watched, failures, NEVER);
        failures.failed(failure(7), 1);
        run.watched.ends("objects failed");
        files.close();
        JsonNode failed = read(json).get("failures").asArray().get(0);
        assertThat(failed.asObject().get("reason").text()).isEqualTo("MISSING");
        assertThat(failed.asObject().get("row").text()).isEqualTo(String.format("%040x", 7));
        assertThat(failed.asObject().get("message").text()).isEqualTo("no such object");
        assertThat(read(json).get("status").asObject().get("outcome").text()).isEqualTo("objects failed");
        assertThat(Files.readString(html)).startsWith("<!DOCTYPE html>").contains("\"outcome\":\"objects failed\"");
        try (var left = Files.list(temp)) {
            assertThat(left).containsExactlyInAnyOrder(json, html);
        }
    }

    @Test
    void firstThousandFailuresAreNamedAndTheOthersCounted() throws Exception {
        Path file = temp.resolve("report.json");
        for (int i = 0; i < FirstFailures.MOST + 5; i++) {
            failures.failed(failure(i + 1), 1);
        }
        ReportFiles.start(List.of(file), run.watched, failures, NEVER).close();
        assertThat(read(file).get("failures").asArray()).hasSize(FirstFailures.MOST);
        assertThat(read(file).get("failures_left_out").asNumber()).isEqualTo("5");
    }

    @Test
    void fileThatCannotBeWrittenRefusesTheRun() {
        Path file = temp.resolve("no/such/report.html");
        assertThatThrownBy(() -> ReportFiles.start(List.of(file), run.watched, failures, NEVER))
                .isInstanceOf(RefusedException.class)
                .hasMessage("--report " + file + " cannot be written: no such directory");
    }
}
