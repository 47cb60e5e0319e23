package ch.tocco.lomigrate.discover;

import ch.tocco.lomigrate.discover.Report.Found;
import ch.tocco.lomigrate.references.OidExpression;
import ch.tocco.lomigrate.references.Reference;
import ch.tocco.lomigrate.references.Relation.Column;
import ch.tocco.lomigrate.references.Relation.Form;
import ch.tocco.lomigrate.references.Sample;
import ch.tocco.lomigrate.references.Shown;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Writes an argument file for each source: flag and value, one a line. A line that needs a look before use is commented
 * out, with the reason above it.
 */
final class ProfileFiles {
    private static final Logger LOG = LogManager.getLogger(ProfileFiles.class);

    private final Path directory;
    private final Set<String> taken = new HashSet<>();

    ProfileFiles(Path directory) {
        this.directory = directory;
    }

    /** The files that were written, or were there before, by the source. */
    Map<Reference, String> write(Report report) throws IOException {
        Map<Reference, String> written = new LinkedHashMap<>();
        for (Found found : report.found()) {
            Reference reference = found.reference();
            if (!Discoverer.isUnsupported(reference) && reference.objectCount() > 0) {
                Path file = directory.resolve(name(reference));
                write(file, content(found));
                written.put(reference, file.toString());
            }
        }
        return written;
    }

    private static void write(Path file, String content) throws IOException {
        try {
            Files.writeString(file, content, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            LOG.warn("{} is there already and was left as it is", file);
        }
    }

    /** Made of what every file system takes. */
    private String name(Reference reference) {
        String plain = (reference.relation().schema() + "."
                        + reference.relation().name() + "." + reference.column().name())
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9_.]", "_")
                .replaceFirst("^\\.+", "_");
        String cut = plain.length() <= 150 ? plain : plain.substring(0, 150);
        String name = cut + ".profile";
        for (int number = 2; !taken.add(name); number++) {
            name = cut + "-" + number + ".profile";
        }
        return name;
    }

    private static String content(Found found) {
        Reference reference = found.reference();
        List<String> lines = new ArrayList<>();
        String about = reference.isEstimate() ? "about " : "";
        lines.add(
                "# Made by lo-migrate discover. Look through it, then: lo-migrate @FILE with flags of database and bucket.");
        lines.add("# " + new Shown(reference.relation().place(reference.column())) + ": " + about
                + reference.objectCount() + " objects in " + about + reference.rows() + " rows");
        List<String> flags = flags(reference);
        String mark = "";
        for (String reason : whyNot(reference, flags)) {
            lines.add("# " + reason);
            mark = "# ";
        }
        for (String flag : flags) {
            lines.add(mark + new Shown(flag));
        }
        return String.join("\n", lines) + "\n";
    }

    private static List<String> flags(Reference reference) {
        List<String> flags = new ArrayList<>();
        String type = reference.column().type();
        // a character(n) is padded with blanks
        boolean plain =
                reference.column().form() != Form.TEXT || type.equals("text") || type.startsWith("character varying");
        String value = "t." + reference.column().quoted() + (plain ? "" : "::text");
        flags.add("--table " + reference.relation().quoted());
        if (!reference.facts().key().isEmpty()) {
            flags.add("--key " + String.join(",", reference.facts().key()));
        }
        flags.add("--oid "
                + (reference.column().form() == Form.TEXT ? OidExpression.number(value, reference.prefix()) : value));
        if (reference.column().form() == Form.TEXT) {
            flags.add("--where " + value + " ~ "
                    + OidExpression.literal("^" + literally(reference.prefix()) + "[1-9][0-9]{0,9}$"));
        } else if (reference.values() < reference.rows() || reference.zeros() > 0) {
            flags.add("--where " + value + " <> 0");
        }
        reference.sizeColumn().map(Column::quoted).ifPresent(column -> flags.add("--size t." + column));
        flags.add("--object-key {sha256}");
        flags.add("--state table");
        return flags;
    }

    /** A text as a part of a regular expression that means itself. */
    private static String literally(String text) {
        return text.replaceAll("([^\\p{L}\\p{N} ])", "\\\\$1");
    }

    private static List<String> whyNot(Reference reference, List<String> flags) {
        List<String> reasons = new ArrayList<>();
        if (flags.stream().anyMatch(flag -> !new Shown(flag).isHarmless())) {
            reasons.add("Commented out: a name has a line break or another character that no line can have.");
        }
        if (reference.column().isSuspect() && !reference.isSource()) {
            Sample sample = reference.sample().orElseThrow();
            reasons.add("Commented out: only " + sample.hits() + " of " + sample.numbers()
                    + " numbers are large objects, perhaps by chance.");
        }
        if (reference.facts().key().isEmpty()) {
            reasons.add("Commented out: the table has no primary key and no other unique one.");
        }
        if (!reference.relation().kind().isTable()) {
            reasons.add("Commented out: a " + reference.relation().kind() + " has but copies of rows of others.");
        }
        return reasons;
    }
}
