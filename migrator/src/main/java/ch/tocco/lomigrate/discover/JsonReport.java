package ch.tocco.lomigrate.discover;

import ch.tocco.lomigrate.discover.Report.Found;
import ch.tocco.lomigrate.discover.Report.Shared;
import ch.tocco.lomigrate.references.Reference;
import ch.tocco.lomigrate.references.RelationFacts.Hook;
import ch.tocco.lomigrate.references.RelationSearch.NotCounted;
import ch.tocco.lomigrate.references.Sample;
import ch.tocco.lomigrate.references.Sizes.Volume;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.thirdparty.jackson.core.JsonFactory;
import software.amazon.awssdk.thirdparty.jackson.core.JsonGenerator;

/** The report for programs: one JSON object. Names are as the catalog has them; {@code sql} is what SQL calls them. */
final class JsonReport {
    private final Report report;
    private final Map<Reference, String> profiles;
    private final JsonGenerator json;
    private final StringWriter text = new StringWriter();

    /** @param profiles names of the files that were written */
    JsonReport(Report report, Map<Reference, String> profiles) {
        this.report = report;
        this.profiles = profiles;
        try {
            this.json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text() {
        try {
            json.writeStartObject();
            json.writeStringField("database", report.where().database());
            json.writeStringField("server", report.where().server());
            json.writeStringField("role", report.where().role());
            json.writeNumberField("objects", report.objects());
            volume("bytes", report.volume());
            owners("objectOwners", report.owners());
            strings("alsoInstalled", report.installations());
            json.writeArrayFieldStart("columns");
            for (Found found : report.found()) {
                found(found);
            }
            json.writeEndArray();
            shared();
            notCounted();
            orphans();
            json.writeEndObject();
            json.close();
            return text + System.lineSeparator();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void found(Found found) throws IOException {
        Reference reference = found.reference();
        json.writeStartObject();
        place(reference);
        json.writeStringField("type", reference.column().type());
        json.writeStringField("relation", reference.relation().kind().toString());
        json.writeBooleanField("generated", reference.column().generated());
        json.writeStringField("verdict", verdict(reference));
        json.writeStringField("tableOwner", reference.relation().owner());
        if (reference.unread().isPresent()) {
            json.writeStringField("notRead", reference.unread().get());
        }
        if (reference.sample().isPresent()) {
            sample(reference.sample().get());
        }
        if (reference.unread().isEmpty() || reference.isEstimate()) {
            figures(found);
        }
        facts(reference);
        json.writeEndObject();
    }

    private void figures(Found found) throws IOException {
        Reference reference = found.reference();
        json.writeBooleanField("estimate", reference.isEstimate());
        json.writeNumberField("rows", reference.rows());
        json.writeNumberField("values", reference.values());
        json.writeNumberField("references", reference.references());
        json.writeNumberField("objects", reference.objectCount());
        json.writeNumberField("dangling", reference.danglingValues());
        json.writeNumberField("zeros", reference.zeros());
        json.writeNumberField("sharedByRows", reference.shared().cardinality());
        volume("bytes", found.volume());
        owners("objectOwners", found.owners());
    }

    private void place(Reference reference) throws IOException {
        json.writeStringField("schema", reference.relation().schema());
        json.writeStringField("table", reference.relation().name());
        json.writeStringField("column", reference.column().name());
        json.writeStringField("prefix", reference.prefix());
        json.writeStringField("sql", reference.relation().place(reference.column()));
    }

    /** In a word: what the column is to large objects. */
    private static String verdict(Reference reference) {
        if (reference.column().isSuspect()) {
            return reference.isSource() ? "possible" : "chance";
        }
        if (Discoverer.isUnsupported(reference)) {
            return "unsupported";
        }
        return reference.objectCount() > 0 ? "source" : "none";
    }

    private void sample(Sample sample) throws IOException {
        json.writeObjectFieldStart("sample");
        json.writeNumberField("rows", sample.rows());
        json.writeNumberField("values", sample.values());
        json.writeNumberField("numbers", sample.numbers());
        json.writeNumberField("hits", sample.hits());
        json.writeBooleanField("allRows", sample.share() == 1);
        json.writeEndObject();
    }

    private void facts(Reference reference) throws IOException {
        strings("key", reference.facts().key());
        json.writeBooleanField("keyIsPrimary", reference.facts().keyIsPrimary());
        json.writeStringField(
                "sizeColumn",
                reference.sizeColumn().map(column -> column.name()).orElse(null));
        json.writeArrayFieldStart("rulesAndTriggers");
        for (Hook hook : reference.facts().hooks()) {
            json.writeStartObject();
            json.writeStringField("kind", hook.kind());
            json.writeStringField("name", hook.name());
            json.writeStringField("events", hook.events().toLowerCase(Locale.ROOT));
            json.writeStringField("does", hook.does());
            json.writeBooleanField("unlinks", hook.unlinks());
            json.writeBooleanField("disabled", hook.disabled());
            json.writeEndObject();
        }
        json.writeEndArray();
        strings("foreignPartitions", reference.facts().foreign());
        json.writeStringField("profile", profiles.get(reference));
    }

    private void shared() throws IOException {
        json.writeArrayFieldStart("shared");
        for (Shared each : report.shared()) {
            json.writeStartObject();
            json.writeStringField("one", each.one().relation().place(each.one().column()));
            json.writeStringField(
                    "other", each.other().relation().place(each.other().column()));
            json.writeNumberField("objects", each.objects());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void notCounted() throws IOException {
        json.writeArrayFieldStart("notCounted");
        for (NotCounted each : report.notCounted()) {
            json.writeStartObject();
            json.writeStringField("schema", each.relation().schema());
            json.writeStringField("table", each.relation().name());
            json.writeStringField("column", each.column().name());
            json.writeStringField("type", each.column().type());
            json.writeStringField("reason", each.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void orphans() throws IOException {
        json.writeObjectFieldStart("orphans");
        json.writeBooleanField("estimate", report.orphans().estimate());
        json.writeBooleanField("complete", report.isComplete());
        json.writeNumberField("objects", report.orphans().count());
        json.writeNumberField("possiblyNamed", report.orphans().possible());
        volume("bytes", report.orphans().volume());
        json.writeEndObject();
    }

    private void volume(String name, Volume volume) throws IOException {
        json.writeNumberField(name, volume.bytes());
        json.writeBooleanField(name + "Estimate", volume.estimate());
        json.writeNumberField("unreadable", volume.unreadable());
    }

    private void owners(String name, Map<String, Long> owners) throws IOException {
        json.writeObjectFieldStart(name);
        for (Map.Entry<String, Long> owner : owners.entrySet()) {
            json.writeNumberField(owner.getKey(), owner.getValue());
        }
        json.writeEndObject();
    }

    private void strings(String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
