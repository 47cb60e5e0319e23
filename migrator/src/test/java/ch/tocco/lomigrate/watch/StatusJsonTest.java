package ch.tocco.lomigrate.watch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lo.FailureReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/** The status has the numbers of the run and no words of others. */
@Timeout(60)
final class StatusJsonTest {
    private final RunInFlight run = new RunInFlight();

    private Map<String, JsonNode> status(boolean withHistory) {
        return JsonNode.parser()
                .parse(StatusJson.text(run.watched, withHistory))
                .asObject();
    }

    private static JsonNode at(Map<String, JsonNode> status, Object... path) {
        JsonNode node = status.get((String) path[0]);
        for (int i = 1; i < path.length; i++) {
            node = path[i] instanceof Integer index
                    ? node.asArray().get(index)
                    : node.asObject().get((String) path[i]);
        }
        return node;
    }

    private static long number(Map<String, JsonNode> status, Object... path) {
        return (long) Double.parseDouble(at(status, path).asNumber());
    }

    @Test
    void runThatStillChecksSaysWhatItIs() {
        Map<String, JsonNode> status = status(true);
        assertThat(at(status, "run_id").text()).isEqualTo(RunInFlight.RUN_ID);
        assertThat(at(status, "source").text()).isEqualTo("2 of 3");
        assertThat(at(status, "phase").text()).isEqualTo("checking");
        assertThat(at(status, "started").text()).isEqualTo("2026-11-26T22:00:00Z");
        assertThat(at(status, "outcome").isNull()).isTrue();
        assertThat(status).doesNotContainKey("rows");
        assertThat(at(status, "history", "points").asArray()).isEmpty();
    }

    @Test
    void numbersAreThoseOfTheRun() throws Exception {
        run.migrates();
        run.counters.counted(new Counters.Totals(10, 4));
        run.counters.observed().done(30);
        run.counters.received().done(30);
        run.counters.stored().done(30);
        run.counters.timings().stored(30, Duration.ofMillis(8));
        run.counters.committed().done(30);
        run.fail(FailureReason.MISSING);
        assertThat(run.memory.take(1 << 20)).isTrue();
        run.store.triedAgain("HTTP 503");
        Map<String, JsonNode> status = status(false);
        assertThat(number(status, "rows", "table")).isEqualTo(10);
        assertThat(number(status, "rows", "migrated")).isEqualTo(1);
        assertThat(number(status, "rows", "migrated_in_all")).isEqualTo(5);
        assertThat(number(status, "rows", "left")).isEqualTo(4);
        assertThat(number(status, "rows", "percent")).isEqualTo(50);
        assertThat(at(status, "stages", 3, "name").text()).isEqualTo("committer");
        assertThat(number(status, "stages", 3, "bytes")).isEqualTo(30);
        assertThat(number(status, "rings", 0, "size")).isEqualTo(8);
        assertThat(number(status, "budgets", 0, "used")).isEqualTo(1 << 20);
        assertThat(at(status, "failed", 0, "reason").text()).isEqualTo("MISSING");
        assertThat(number(status, "failed", 0, "count")).isEqualTo(1);
        assertThat(at(status, "servers", 1, "retries", 0, "cause").text()).isEqualTo("HTTP 503");
        assertThat(at(status, "calls", 2, "name").text()).isEqualTo("PUT to 64 KiB");
        assertThat(number(status, "calls", 2, "p50_ms")).isBetween(5L, 10L);
        assertThat(at(status, "eta_s").isNull()).isFalse();
    }

    @Test
    void etaIsUnknownUntilTheTableIsCountedAndSomethingIsMigrated() {
        run.migrates();
        assertThat(at(status(false), "eta_s").isNull()).isTrue();
        assertThat(at(status(false), "rows", "left").isNull()).isTrue();
        run.counters.counted(new Counters.Totals(10, 4));
        assertThat(at(status(false), "eta_s").isNull()).isTrue();
    }

    @Test
    void wordsOfServersAndArgumentsAreNotInIt() throws Exception {
        run.migrates();
        RunInFlight.away(run.postgres, "FATAL: password of admin@db1 is wrong");
        run.control.gate().close("pause file", "the file /home/admin/pause exists");
        run.fail(FailureReason.REFUSED);
        assertThat(StatusJson.text(run.watched, true))
                .contains("\"away_s\":0")
                .contains("\"by\":\"pause file\"")
                .doesNotContain("admin")
                .doesNotContain("server's words")
                .doesNotContain("--bucket")
                .doesNotContain("Target store");
    }

    @Test
    void historyHasAPointForEachSampleWithANameForEachNumber() {
        run.migrates();
        run.counters.observed().done(1);
        run.watched.sample();
        run.watched.finishes();
        run.watched.ends("all migrated");
        Map<String, JsonNode> status = status(true);
        List<JsonNode> names = at(status, "history", "names").asArray();
        List<JsonNode> points = at(status, "history", "points").asArray();
        assertThat(points)
                .hasSize(3)
                .allSatisfy(point -> assertThat(point.asArray()).hasSameSizeAs(names));
        assertThat(names.get(1).text()).isEqualTo("listed");
        assertThat(points.get(0).asArray().get(1).asNumber()).isEqualTo("0");
        assertThat(points.get(1).asArray().get(1).asNumber()).isEqualTo("1");
        assertThat(at(status, "point").asArray()).hasSameSizeAs(names);
        assertThat(at(status, "phase").text()).isEqualTo("ended");
        assertThat(at(status, "outcome").text()).isEqualTo("all migrated");
    }
}
