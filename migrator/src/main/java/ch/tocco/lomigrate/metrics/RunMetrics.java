package ch.tocco.lomigrate.metrics;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.Histogram;
import ch.tocco.lomigrate.books.Progress;
import ch.tocco.lomigrate.books.Timings;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.Gate;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.monitor.Gauges;
import ch.tocco.lomigrate.watch.Watched;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The metrics of a run. It keeps none of its own: each is read where it is counted, when it is asked for. What a run does not
 * know yet is absent, not 0. Thread-safe.
 */
final class RunMetrics implements MultiCollector {
    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;

    /** Each has its series from the beginning, so that a rate sees the first retry. */
    private static final Set<String> USUAL_CAUSES = Set.of("no answer", "HTTP 503");

    private final Watched run;

    RunMetrics(Watched run) {
        this.run = run;
    }

    @Override
    public MetricSnapshots collect() {
        var families = new Families();
        families.info(
                "run",
                "The run that these metrics are of.",
                "run_id",
                run.facts().id(),
                "source",
                run.facts().source(),
                "version",
                run.facts().version());
        for (Watched.Phase phase : Watched.Phase.values()) {
            families.gauge("run_phase", "1 for what the run is at, 0 for the others.", phase == run.phase() ? 1 : 0)
                    .label("phase", lower(phase));
        }
        run.gauges().ifPresent(gauges -> {
            progress(families, gauges.counters());
            failures(families, gauges.counters());
            use(families, gauges);
            gate(families, gauges.gate());
            gauges.breakers().forEach(breaker -> server(families, breaker));
            timings(families, gauges.counters().timings());
        });
        return families.snapshots();
    }

    private static void progress(Families families, Counters counters) {
        var stages = Map.of(
                "observer", counters.observed(),
                "receiver", counters.received(),
                "storer", counters.stored(),
                "committer", counters.committed());
        stages.forEach((stage, counter) -> {
            families.counter("processed_objects", "Objects that a stage is done with.", counter.objects())
                    .label("stage", stage);
            families.counter("processed_bytes", "Bytes of the objects that a stage is done with.", counter.bytes())
                    .label("stage", stage);
        });
        Progress progress = counters.progress();
        families.gauge("under_way_rows", "Rows that were listed and are not settled.", progress.underWay());
        if (progress.totals() != null) {
            families.gauge("table_rows", "Rows of the table.", progress.rows());
            families.gauge("migrated_rows", "Rows that are migrated, in this run or before.", progress.migratedInAll());
            families.gauge("pending_rows", "Rows that are left to do.", progress.left());
        }
    }

    private static void failures(Families families, Counters counters) {
        Map<FailureReason, Long> failed = counters.failed();
        for (FailureReason reason : FailureReason.values()) {
            families.counter(
                            "failed_objects",
                            "Objects that failed for good, by reason.",
                            failed.getOrDefault(reason, 0L))
                    .label("reason", lower(reason));
        }
        families.gauge(
                "deferred_objects",
                "Objects that failed and wait for a second try at the end of the run.",
                counters.deferredCount());
        families.counter(
                "discarded_objects",
                "Objects that were listed but not done when the run ended.",
                counters.discardedCount());
        families.counter(
                "vanished_rows",
                "Rows that were deleted or re-pointed since they were listed.",
                counters.vanishedCount());
    }

    private static void use(Families families, Gauges gauges) {
        gauges.rings().forEach(ring -> {
            families.gauge(
                            "ring_used_slots",
                            "Filled slots of a ring.",
                            ring.gauge().used())
                    .label("ring", ring.label());
            families.gauge("ring_slots", "Slots of a ring.", ring.gauge().size())
                    .label("ring", ring.label());
        });
        gauges.budgets().forEach(budget -> {
            families.gauge(
                            "budget_used_bytes",
                            "Bytes that are taken of a budget.",
                            budget.gauge().used())
                    .label("budget", budget.label());
            families.gauge("budget_bytes", "Bytes of a budget.", budget.gauge().capacity())
                    .label("budget", budget.label());
        });
        families.gauge(
                "puts_in_flight",
                "PUTs that have begun and not ended; a giant counts once.",
                gauges.counters().timings().putsUnderWay());
    }

    private static void gate(Families families, Gate gate) {
        Map<String, Gate.Closure> closures = gate.closures();
        boolean open = closures.values().stream().noneMatch(Gate.Closure::now);
        families.gauge("gate_open", "0 while the run is paused, else 1.", open ? 1 : 0);
        closures.forEach((by, closure) -> {
            families.gauge("gate_closed", "1 while this keeps the gate closed, else 0.", closure.now() ? 1 : 0)
                    .label("reason", by);
            families.counter("gate_closures", "How often this has closed the gate.", closure.times())
                    .label("reason", by);
            families.counter(
                            "gate_closed_seconds",
                            "How long this has kept the gate closed.",
                            closure.held().toNanos() / NANOS)
                    .label("reason", by);
        });
    }

    private static void server(Families families, Breaker breaker) {
        families.gauge(
                        "server_away",
                        "1 while the run waits for a server, else 0.",
                        breaker.away().isPresent() ? 1 : 0)
                .label("server", breaker.server());
        Map<String, Long> retries = breaker.triedAgain();
        Set<String> causes = new TreeSet<>(USUAL_CAUSES);
        causes.addAll(retries.keySet());
        causes.forEach(cause -> families.counter(
                        "retries",
                        "Calls that failed in passing and were made again, by what the server answered.",
                        retries.getOrDefault(cause, 0L))
                .label("server", breaker.server())
                .label("cause", cause));
    }

    private static void timings(Families families, Timings timings) {
        families.gauge(
                "last_commit_timestamp_seconds",
                "When a row was last committed, or when the run began, in seconds since 1970.",
                timings.lastCommitMillis() / MILLIS);
        families.histogram(
                "list_duration_seconds",
                "How long a page of the listing takes.",
                timings.calls(Timings.Call.LIST),
                NANOS);
        families.histogram(
                "read_duration_seconds",
                "How long a statement takes that reads a batch of objects.",
                timings.calls(Timings.Call.READ),
                NANOS);
        timings.puts()
                .forEach((size, took) -> families.histogram(
                                "put_duration_seconds",
                                "How long the PUT of an object takes that the store acknowledged, by its size.",
                                took,
                                NANOS)
                        .label("size", size));
        families.histogram(
                "commit_duration_seconds",
                "How long a transaction takes that writes a chunk of rows.",
                timings.calls(Timings.Call.COMMIT),
                NANOS);
        Histogram.Reading sizes = timings.sizes();
        families.histogram("object_size_bytes", "Sizes of the objects that the store has taken.", sizes, 1);
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
