package ch.tocco.lomigrate.report;

import ch.tocco.lomigrate.lo.LoFailure;
import ch.tocco.lomigrate.watch.StatusJson;
import ch.tocco.lomigrate.watch.Watched;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** All that is known of a run, as JSON: its status over time, how it was called, and which objects failed. Thread-safe. */
final class Report {
    private final Watched run;
    private final FirstFailures failures;

    Report(Watched run, FirstFailures failures) {
        this.run = run;
        this.failures = failures;
    }

    /** As it is now. */
    String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeName("status");
            StatusJson.write(json, run, true);
            json.writeStringProperty("command", run.facts().command());
            json.writeStringProperty("configuration", run.facts().configuration());
            json.writeObjectPropertyStart("versions");
            versions().forEach(json::writeStringProperty);
            json.writeEndObject();
            json.writeArrayPropertyStart("failures");
            failures.failures().forEach(failure -> write(json, failure));
            json.writeEndArray();
            json.writeNumberProperty("failures_left_out", failures.leftOut());
            json.writeEndObject();
        }
        return text.toString();
    }

    private Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("lo-migrate", run.facts().version());
        versions.put(
                "Java", System.getProperty("java.runtime.name") + " " + System.getProperty("java.runtime.version"));
        versions.put("operating system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        versions.put(
                "machine",
                System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors, heap "
                        + (Runtime.getRuntime().maxMemory() >> 20) + " MiB");
        versions.putAll(new TreeMap<>(run.servers()));
        return versions;
    }

    private static void write(JsonGenerator json, LoFailure failure) {
        json.writeStartObject();
        json.writeStringProperty("reason", failure.reason().name());
        json.writeName("row");
        json.writeString(failure.hash());
        json.writeName("object");
        json.writeString(failure.oid());
        json.writeName("size");
        if (failure.size() == null) {
            json.writeNull();
        } else {
            json.writeNumber(failure.size());
        }
        json.writeStringProperty("message", failure.message());
        json.writeEndObject();
    }
}
