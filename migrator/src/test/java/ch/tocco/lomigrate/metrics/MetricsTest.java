package ch.tocco.lomigrate.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.Timings;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.watch.RunInFlight;
import ch.tocco.lomigrate.watch.Watched;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Prometheus reads is what the run counts, under names that follow its conventions. */
@Timeout(60)
final class MetricsTest {
    private final RunInFlight run = new RunInFlight();
    private final Metrics metrics = new Metrics(run.watched);

    private String text() throws IOException {
        return new String(metrics.read(null).body(), UTF_8);
    }

    /** The value of the series whose text begins so; NaN: there is none. */
    private double value(String series) throws IOException {
        return text().lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    @Test
    void runThatStillChecksHasItsIdAndPhaseAndNoNumbers() throws IOException {
        assertThat(value("lo_migrate_run_info{run_id=\"" + RunInFlight.RUN_ID
                        + "\",source=\"2 of 3\",version=\"lo-migrate 9.8.7\"}"))
                .isEqualTo(1);
        assertThat(value("lo_migrate_run_phase{phase=\"checking\"}")).isEqualTo(1);
        assertThat(value("lo_migrate_run_phase{phase=\"migrating\"}")).isZero();
        assertThat(text()).doesNotContain("lo_migrate_processed").contains("process_cpu_seconds_total ");
    }

    @Test
    void theHeapIsMeasuredAsAWhole() throws IOException {
        assertThat(value("jvm_memory_used_bytes{area=\"heap\"}")).isPositive();
        assertThat(text()).contains("jvm_gc_collection_seconds_count").doesNotContain("jvm_memory_pool");
    }

    @Test
    void stagesCountObjectsAndBytes() throws IOException {
        run.migrates();
        run.counters.observed().done(30);
        run.counters.observed().done(12);
        run.counters.received().done(12);
        run.counters.stored().done(7);
        run.counters.committed().done(5);
        assertThat(value("lo_migrate_processed_objects_total{stage=\"observer\"}"))
                .isEqualTo(2);
        assertThat(value("lo_migrate_processed_bytes_total{stage=\"observer\"}"))
                .isEqualTo(42);
        assertThat(value("lo_migrate_processed_bytes_total{stage=\"receiver\"}"))
                .isEqualTo(12);
        assertThat(value("lo_migrate_processed_bytes_total{stage=\"storer\"}")).isEqualTo(7);
        assertThat(value("lo_migrate_processed_bytes_total{stage=\"committer\"}"))
                .isEqualTo(5);
        assertThat(value("lo_migrate_run_phase{phase=\"migrating\"}")).isEqualTo(1);
    }

    @Test
    void rowsAreAbsentUntilTheTableIsCounted() throws IOException {
        run.migrates();
        assertThat(text()).doesNotContain("lo_migrate_pending_rows");
        run.counters.counted(new Counters.Totals(10, 4));
        assertThat(value("lo_migrate_table_rows")).isEqualTo(10);
        assertThat(value("lo_migrate_migrated_rows")).isEqualTo(4);
        assertThat(value("lo_migrate_pending_rows")).isEqualTo(6);
    }

    @Test
    void failuresHaveTheirReasonAndEachReasonBeginsAtZero() throws IOException {
        run.migrates();
        run.fail(FailureReason.MISSING);
        run.fail(FailureReason.MISSING);
        assertThat(value("lo_migrate_failed_objects_total{reason=\"missing\"}")).isEqualTo(2);
        assertThat(value("lo_migrate_failed_objects_total{reason=\"hash_mismatch\"}"))
                .isZero();
    }

    @Test
    void ringsBudgetsAndPutsUnderWayShowTheirUse() throws Exception {
        run.migrates();
        assertThat(run.memory.take(1 << 20)).isTrue();
        run.counters.timings().putBegins();
        run.counters.timings().putBegins();
        run.counters.timings().putEnded();
        assertThat(value("lo_migrate_ring_used_slots{ring=\"store queue\"}")).isZero();
        assertThat(value("lo_migrate_ring_slots{ring=\"store queue\"}")).isEqualTo(8);
        assertThat(value("lo_migrate_budget_used_bytes{budget=\"objects in memory\"}"))
                .isEqualTo(1 << 20);
        assertThat(value("lo_migrate_budget_bytes{budget=\"objects in memory\"}"))
                .isEqualTo(4 << 20);
        assertThat(value("lo_migrate_puts_in_flight")).isEqualTo(1);
    }

    @Test
    void gateSaysByWhomItIsClosed() throws IOException {
        run.migrates();
        assertThat(value("lo_migrate_gate_open")).isEqualTo(1);
        run.control.gate().close("pause file", "the file /x/y exists");
        run.control.gate().close("window", "outside");
        run.control.gate().open("window");
        assertThat(value("lo_migrate_gate_open")).isZero();
        assertThat(value("lo_migrate_gate_closed{reason=\"pause file\"}")).isEqualTo(1);
        assertThat(value("lo_migrate_gate_closed{reason=\"window\"}")).isZero();
        assertThat(value("lo_migrate_gate_closures_total{reason=\"window\"}")).isEqualTo(1);
        assertThat(value("lo_migrate_gate_closed_seconds_total{reason=\"pause file\"}"))
                .isPositive();
        assertThat(text()).doesNotContain("/x/y");
    }

    @Test
    void retriesHaveServerAndCauseAndAnOutageShows() throws Exception {
        run.migrates();
        run.store.triedAgain("HTTP 503");
        RunInFlight.away(run.postgres, "secret words of the server");
        assertThat(value("lo_migrate_retries_total{cause=\"HTTP 503\",server=\"the store\"}"))
                .isEqualTo(1);
        assertThat(value("lo_migrate_retries_total{cause=\"no answer\",server=\"PostgreSQL\"}"))
                .isZero();
        assertThat(value("lo_migrate_server_away{server=\"PostgreSQL\"}")).isEqualTo(1);
        assertThat(value("lo_migrate_server_away{server=\"the store\"}")).isZero();
        assertThat(text()).doesNotContain("secret words");
    }

    @Test
    void latenciesAreHistogramsInSeconds() throws IOException {
        run.migrates();
        Timings timings = run.counters.timings();
        timings.answered(
                Timings.Call.READ, System.nanoTime() - Duration.ofMillis(30).toNanos());
        timings.stored(100 << 10, Duration.ofMillis(4));
        assertThat(value("lo_migrate_read_duration_seconds_bucket{le=\"0.025\"}"))
                .isZero();
        assertThat(value("lo_migrate_read_duration_seconds_count")).isEqualTo(1);
        assertThat(value("lo_migrate_read_duration_seconds_sum")).isBetween(0.03, 30.0);
        assertThat(value("lo_migrate_put_duration_seconds_bucket{size=\"to 1 MiB\",le=\"0.005\"}"))
                .isEqualTo(1);
        assertThat(value("lo_migrate_put_duration_seconds_bucket{size=\"to 1 MiB\",le=\"0.0025\"}"))
                .isZero();
        assertThat(value("lo_migrate_put_duration_seconds_count{size=\"to 64 KiB\"}"))
                .isZero();
        assertThat(value("lo_migrate_object_size_bytes_bucket{le=\"65536.0\"}")).isZero();
        assertThat(value("lo_migrate_object_size_bytes_bucket{le=\"262144.0\"}"))
                .isEqualTo(1);
        assertThat(value("lo_migrate_object_size_bytes_sum")).isEqualTo(100 << 10);
    }

    @Test
    void lastCommitIsATimestamp() throws Exception {
        run.migrates();
        double begun = value("lo_migrate_last_commit_timestamp_seconds");
        assertThat(begun).isBetween(System.currentTimeMillis() / 1e3 - 50, System.currentTimeMillis() / 1e3);
        Thread.sleep(20);
        run.counters.timings().rowCommitted();
        assertThat(value("lo_migrate_last_commit_timestamp_seconds")).isGreaterThan(begun);
    }

    /** What promtool checks and a reader can see: the unit last, counters end in _total, each family has a help text. */
    @Test
    void namesFollowTheConventions() throws IOException {
        run.migrates();
        run.counters.counted(new Counters.Totals(10, 4));
        run.control.gate().close("pause file", "x");
        List<String> types = text().lines()
                .filter(line -> line.startsWith("# TYPE lo_migrate_"))
                .map(line -> line.substring("# TYPE ".length()))
                .toList();
        assertThat(types).hasSizeGreaterThan(25);
        assertThat(types).allSatisfy(type -> {
            String name = type.substring(0, type.indexOf(' '));
            assertThat(name).matches("lo_migrate_[a-z_]+");
            assertThat(name.endsWith("_total")).as(name).isEqualTo(type.endsWith(" counter"));
            assertThat(text()).contains("# HELP " + name + " ");
        });
        assertThat(Stream.of(Watched.Phase.values())).hasSize(4);
    }

    @Test
    void oneWhoPrefersOpenMetricsGetsIt() throws IOException {
        Metrics.Answer answer = metrics.read("application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
        assertThat(answer.contentType()).startsWith("application/openmetrics-text");
        assertThat(new String(answer.body(), UTF_8)).endsWith("# EOF\n");
        assertThat(metrics.read(null).contentType()).startsWith("text/plain");
    }
}
