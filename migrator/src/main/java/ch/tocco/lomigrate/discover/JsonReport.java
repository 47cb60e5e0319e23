package ch.tocco.lomigrate.discover;

import ch.tocco.lomigrate.discover.Report.Found;
import ch.tocco.lomigrate.discover.Report.Shared;
import ch.tocco.lomigrate.references.Reference;
import ch.tocco.lomigrate.references.RelationFacts.Hook;
import ch.tocco.lomigrate.references.RelationSearch.NotCounted;
import ch.tocco.lomigrate.references.Sample;
import ch.tocco.lomigrate.references.Sizes.Volume;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** The report for programs: one JSON object. Names are as the catalog has them; {@code sql} is what SQL calls them. */
final class JsonReport {
    private final Report report;
    private final Map<Reference, String> profiles;
    private final JsonGenerator json;
    private final StringWriter text = new StringWriter();

    /** Lines and indents, for people who look at it all the same. */
    private static final class Pretty extends ObjectWriteContext.Base {
        @Override
        public PrettyPrinter getPrettyPrinter() {
            return new DefaultPrettyPrinter();
        }
    }

    /** @param profiles names of the files that were written */
    JsonReport(Report report, Map<Reference, String> profiles) {
        this.report = report;
        this.profiles = profiles;
        this.json = new JsonFactory().createGenerator(new Pretty(), text);
    }

    String text() {
        json.writeStartObject();
        json.writeStringProperty("database", report.where().database());
        json.writeStringProperty("server", report.where().server());
        json.writeStringProperty("role", report.where().role());
        json.writeNumberProperty("objects", report.objects());
        volume("bytes", report.volume());
        owners("objectOwners", report.owners());
        strings("alsoInstalled", report.installations());
        json.writeArrayPropertyStart("columns");
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
    }

    private void found(Found found) {
        Reference reference = found.reference();
        json.writeStartObject();
        place(reference);
        json.writeStringProperty("type", reference.column().type());
        json.writeStringProperty("relation", reference.relation().kind().toString());
        json.writeBooleanProperty("generated", reference.column().generated());
        json.writeStringProperty("verdict", verdict(reference));
        json.writeStringProperty("tableOwner", reference.relation().owner());
        if (reference.unread().isPresent()) {
            json.writeStringProperty("notRead", reference.unread().get());
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

    private void figures(Found found) {
        Reference reference = found.reference();
        json.writeBooleanProperty("estimate", reference.isEstimate());
        json.writeNumberProperty("rows", reference.rows());
        json.writeNumberProperty("values", reference.values());
        json.writeNumberProperty("references", reference.references());
        json.writeNumberProperty("objects", reference.objectCount());
        json.writeNumberProperty("dangling", reference.danglingValues());
        json.writeNumberProperty("zeros", reference.zeros());
        json.writeNumberProperty("sharedByRows", reference.shared().cardinality());
        volume("bytes", found.volume());
        owners("objectOwners", found.owners());
    }

    private void place(Reference reference) {
        json.writeStringProperty("schema", reference.relation().schema());
        json.writeStringProperty("table", reference.relation().name());
        json.writeStringProperty("column", reference.column().name());
        json.writeStringProperty("prefix", reference.prefix());
        json.writeStringProperty("sql", reference.relation().place(reference.column()));
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

    private void sample(Sample sample) {
        json.writeObjectPropertyStart("sample");
        json.writeNumberProperty("rows", sample.rows());
        json.writeNumberProperty("values", sample.values());
        json.writeNumberProperty("numbers", sample.numbers());
        json.writeNumberProperty("hits", sample.hits());
        json.writeBooleanProperty("allRows", sample.share() == 1);
        json.writeEndObject();
    }

    private void facts(Reference reference) {
        strings("key", reference.facts().key());
        json.writeBooleanProperty("keyIsPrimary", reference.facts().keyIsPrimary());
        json.writeStringProperty(
                "sizeColumn",
                reference.sizeColumn().map(column -> column.name()).orElse(null));
        json.writeArrayPropertyStart("rulesAndTriggers");
        for (Hook hook : reference.facts().hooks()) {
            json.writeStartObject();
            json.writeStringProperty("kind", hook.kind());
            json.writeStringProperty("name", hook.name());
            json.writeStringProperty("events", hook.events().toLowerCase(Locale.ROOT));
            json.writeStringProperty("does", hook.does());
            json.writeBooleanProperty("unlinks", hook.unlinks());
            json.writeBooleanProperty("disabled", hook.disabled());
            json.writeEndObject();
        }
        json.writeEndArray();
        strings("foreignPartitions", reference.facts().foreign());
        json.writeStringProperty("profile", profiles.get(reference));
    }

    private void shared() {
        json.writeArrayPropertyStart("shared");
        for (Shared each : report.shared()) {
            json.writeStartObject();
            json.writeStringProperty(
                    "one", each.one().relation().place(each.one().column()));
            json.writeStringProperty(
                    "other", each.other().relation().place(each.other().column()));
            json.writeNumberProperty("objects", each.objects());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void notCounted() {
        json.writeArrayPropertyStart("notCounted");
        for (NotCounted each : report.notCounted()) {
            json.writeStartObject();
            json.writeStringProperty("schema", each.relation().schema());
            json.writeStringProperty("table", each.relation().name());
            json.writeStringProperty("column", each.column().name());
            json.writeStringProperty("type", each.column().type());
            json.writeStringProperty("reason", each.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void orphans() {
        json.writeObjectPropertyStart("orphans");
        json.writeBooleanProperty("estimate", report.orphans().estimate());
        json.writeBooleanProperty("complete", report.isComplete());
        json.writeNumberProperty("objects", report.orphans().count());
        json.writeNumberProperty("margin", report.orphans().margin());
        json.writeNumberProperty("possiblyNamed", report.orphans().possible());
        volume("bytes", report.orphans().volume());
        json.writeEndObject();
    }

    private void volume(String name, Volume volume) {
        json.writeNumberProperty(name, volume.bytes());
        json.writeBooleanProperty(name + "Estimate", volume.estimate());
        json.writeNumberProperty("unreadable", volume.unreadable());
    }

    private void owners(String name, Map<String, Long> owners) {
        json.writeObjectPropertyStart(name);
        for (Map.Entry<String, Long> owner : owners.entrySet()) {
            json.writeNumberProperty(owner.getKey(), owner.getValue());
        }
        json.writeEndObject();
    }

    private void strings(String name, List<String> values) {
        json.writeArrayPropertyStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
