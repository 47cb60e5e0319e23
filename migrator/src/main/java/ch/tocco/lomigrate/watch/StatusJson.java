package ch.tocco.lomigrate.watch;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.Histogram;
import ch.tocco.lomigrate.books.Progress;
import ch.tocco.lomigrate.books.StageCounter;
import ch.tocco.lomigrate.books.Timings;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.monitor.Gauges;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * How a run goes, as JSON: numbers, and names that this tool chooses. No arguments, no addresses, no keys and no texts of
 * errors, so that all who reach the server may read it.
 */
public final class StatusJson {
    private static final double MILLIS = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double PERCENT = 100;

    private final JsonGenerator json;
    private final Watched run;

    private StatusJson(JsonGenerator json, Watched run) {
        this.json = json;
        this.run = run;
    }

    /**
     * The status as one JSON object.
     *
     * @param withHistory all points so far, too
     */
    public static String text(Watched run, boolean withHistory) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            write(json, run, withHistory);
        }
        return text.toString();
    }

    /** Writes it where a value is expected. */
    public static void write(JsonGenerator json, Watched run, boolean withHistory) {
        new StatusJson(json, run).status(withHistory);
    }

    private void status(boolean withHistory) {
        json.writeStartObject();
        json.writeStringProperty("run_id", run.facts().id());
        json.writeStringProperty("version", run.facts().version());
        json.writeStringProperty("source", run.facts().source());
        json.writeStringProperty("started", run.facts().started().toString());
        json.writeStringProperty("time", Instant.now().toString());
        json.writeNumberProperty("elapsed_s", run.elapsed().toMillis() / MILLIS);
        json.writeStringProperty("phase", lower(run.phase()));
        json.writeName("outcome");
        run.outcome().ifPresentOrElse(json::writeString, json::writeNull);
        run.gauges().ifPresent(this::numbers);
        if (withHistory) {
            history();
        }
        json.writeEndObject();
    }

    private void numbers(Gauges gauges) {
        Counters counters = gauges.counters();
        rows(counters.progress());
        array("stages", () -> {
            stage("observer", counters.observed());
            stage("receiver", counters.received());
            stage("storer", counters.stored());
            stage("committer", counters.committed());
        });
        array(
                "rings",
                () -> gauges.rings()
                        .forEach(ring -> use(
                                ring.label(), ring.gauge().used(), ring.gauge().size())));
        array(
                "budgets",
                () -> gauges.budgets()
                        .forEach(budget -> use(
                                budget.label(),
                                budget.gauge().used(),
                                budget.gauge().capacity())));
        json.writeNumberProperty("in_flight", counters.timings().putsUnderWay());
        gate(gauges);
        array("servers", () -> gauges.breakers().forEach(this::server));
        array(
                "failed",
                () -> counters.failed()
                        .forEach((reason, count) -> object(() -> {
                            json.writeStringProperty("reason", reason.name());
                            json.writeStringProperty("text", reason.text());
                            json.writeNumberProperty("count", count);
                        })));
        json.writeStringProperty(
                "last_commit",
                Instant.ofEpochMilli(counters.timings().lastCommitMillis()).toString());
        timings(counters.timings());
        json.writeName("point");
        point(Moment.of(gauges, run.elapsed()));
    }

    private void rows(Progress progress) {
        boolean counted = progress.totals() != null;
        json.writeObjectPropertyStart("rows");
        json.writeNumberProperty("migrated", progress.migrated());
        json.writeNumberProperty("under_way", progress.underWay());
        json.writeNumberProperty("failed", progress.failed());
        json.writeNumberProperty("discarded", progress.discarded());
        json.writeNumberProperty("vanished", progress.vanished());
        if (counted) {
            json.writeNumberProperty("table", progress.rows());
            json.writeNumberProperty("migrated_in_all", progress.migratedInAll());
            json.writeNumberProperty("left", progress.left());
            json.writeNumberProperty(
                    "percent", progress.rows() == 0 ? PERCENT : PERCENT * progress.migratedInAll() / progress.rows());
        } else {
            List.of("table", "migrated_in_all", "left", "percent").forEach(json::writeNullProperty);
        }
        json.writeEndObject();
        eta(progress);
    }

    /** At the average pace of the run so far; null: there is none to go by. */
    private void eta(Progress progress) {
        if (progress.totals() == null || progress.migrated() == 0) {
            json.writeNullProperty("eta_s");
        } else {
            double secondsPerRow = run.migrating().toMillis() / MILLIS / progress.migrated();
            json.writeNumberProperty("eta_s", Math.ceil(progress.left() * secondsPerRow));
        }
    }

    private void stage(String name, StageCounter counter) {
        object(() -> {
            json.writeStringProperty("name", name);
            json.writeNumberProperty("objects", counter.objects());
            json.writeNumberProperty("bytes", counter.bytes());
        });
    }

    private void use(String name, long used, long size) {
        object(() -> {
            json.writeStringProperty("name", name);
            json.writeNumberProperty("used", used);
            json.writeNumberProperty("size", size);
        });
    }

    private void gate(Gauges gauges) {
        json.writeObjectPropertyStart("gate");
        var closures = gauges.gate().closures();
        json.writeBooleanProperty("open", closures.values().stream().noneMatch(closure -> closure.now()));
        array(
                "closures",
                () -> closures.forEach((by, closure) -> object(() -> {
                    json.writeStringProperty("by", by);
                    json.writeNumberProperty("times", closure.times());
                    json.writeNumberProperty("seconds", closure.held().toMillis() / MILLIS);
                    json.writeBooleanProperty("now", closure.now());
                })));
        json.writeEndObject();
    }

    private void server(Breaker breaker) {
        object(() -> {
            json.writeStringProperty("name", breaker.server());
            json.writeName("away_s");
            breaker.away().map(Duration::toSeconds).ifPresentOrElse(json::writeNumber, json::writeNull);
            array(
                    "retries",
                    () -> breaker.triedAgain()
                            .forEach((cause, count) -> object(() -> {
                                json.writeStringProperty("cause", cause);
                                json.writeNumberProperty("count", count);
                            })));
        });
    }

    private void timings(Timings timings) {
        array("calls", () -> {
            call("list", timings.calls(Timings.Call.LIST));
            call("read", timings.calls(Timings.Call.READ));
            timings.puts().forEach((size, took) -> call("PUT " + size, took));
            call("commit", timings.calls(Timings.Call.COMMIT));
        });
        Histogram.Reading sizes = timings.sizes();
        array("sizes", () -> {
            for (int i = 0; i < sizes.counts().size(); i++) {
                int bucket = i;
                object(() -> {
                    json.writeName("to");
                    if (bucket < sizes.bounds().size()) {
                        json.writeNumber(sizes.bounds().get(bucket));
                    } else {
                        json.writeNull();
                    }
                    json.writeNumberProperty("count", sizes.counts().get(bucket));
                });
            }
        });
    }

    private void call(String name, Histogram.Reading took) {
        object(() -> {
            json.writeStringProperty("name", name);
            json.writeNumberProperty("count", took.count());
            json.writeNumberProperty("p50_ms", took.quantile(0.5) / NANOS_PER_MILLI);
            json.writeNumberProperty("p90_ms", took.quantile(0.9) / NANOS_PER_MILLI);
            json.writeNumberProperty("p99_ms", took.quantile(0.99) / NANOS_PER_MILLI);
        });
    }

    private void history() {
        json.writeObjectPropertyStart("history");
        array("names", () -> run.history().names().forEach(json::writeString));
        array("points", () -> run.history().points().forEach(this::point));
        json.writeEndObject();
    }

    private void point(long[] numbers) {
        json.writeArray(numbers, 0, numbers.length);
    }

    private void array(String name, Runnable elements) {
        json.writeArrayPropertyStart(name);
        elements.run();
        json.writeEndArray();
    }

    private void object(Runnable properties) {
        json.writeStartObject();
        properties.run();
        json.writeEndObject();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
