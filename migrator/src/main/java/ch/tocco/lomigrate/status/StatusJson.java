package ch.tocco.lomigrate.status;

import ch.tocco.lomigrate.status.Status.Alive;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The status for programs: one JSON array, an object for each target. What is not known is null. */
final class StatusJson {
    private final JsonGenerator json;
    private final StringWriter text = new StringWriter();

    private StatusJson() {
        this.json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text);
    }

    static String of(List<Status> statuses) {
        StatusJson written = new StatusJson();
        written.json.writeStartArray();
        statuses.forEach(written::status);
        written.json.writeEndArray();
        written.json.close();
        return written.text + System.lineSeparator();
    }

    private void status(Status status) {
        json.writeStartObject();
        json.writeStringProperty("database", status.database());
        json.writeStringProperty("table", status.table());
        json.writeStringProperty("state", status.state());
        json.writeNumberProperty("rows", status.rows());
        json.writeNumberProperty("stored", status.stored());
        json.writeNumberProperty("pending", status.pending());
        if (status.failed().isPresent()) {
            json.writeObjectPropertyStart("failed");
            status.failed().get().forEach(json::writeNumberProperty);
            json.writeEndObject();
        } else {
            json.writeNullProperty("failed");
        }
        if (status.rate().isPresent()) {
            json.writeNumberProperty("rate", status.rate().getAsDouble());
        } else {
            json.writeNullProperty("rate");
        }
        if (status.etaSeconds().isPresent()) {
            json.writeNumberProperty("etaSeconds", status.etaSeconds().getAsLong());
        } else {
            json.writeNullProperty("etaSeconds");
        }
        shards(status);
        json.writeArrayPropertyStart("alive");
        status.alive().forEach(this::alive);
        json.writeEndArray();
        json.writeEndObject();
    }

    private void shards(Status status) {
        if (status.shards().isEmpty()) {
            json.writeNullProperty("shards");
            return;
        }
        json.writeNumberProperty("shards", status.shards().getAsInt());
        json.writeObjectPropertyStart("pendingByShard");
        status.pendingByShard().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(shard -> json.writeNumberProperty(Integer.toString(shard.getKey()), shard.getValue()));
        json.writeEndObject();
    }

    private void alive(Alive run) {
        json.writeStartObject();
        if (run.shard().isPresent()) {
            json.writeNumberProperty("shard", run.shard().get().number());
            json.writeNumberProperty("shards", run.shard().get().count());
        }
        json.writeStringProperty("host", run.host().orElse(null));
        json.writeNumberProperty("pid", run.pid());
        json.writeBooleanProperty("locked", run.locked());
        run.progress().ifPresent(own -> {
            json.writeNumberProperty("rate", own.rate());
            json.writeNumberProperty("done", own.committed());
            json.writeNumberProperty("failed", own.failed());
            json.writeNumberProperty("bytes", own.bytes());
            json.writeNumberProperty("heartbeatSeconds", own.heartbeatSeconds());
        });
        json.writeEndObject();
    }
}
