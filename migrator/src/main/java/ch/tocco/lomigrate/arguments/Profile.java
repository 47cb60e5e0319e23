package ch.tocco.lomigrate.arguments;

import ch.tocco.lomigrate.arguments.Given.Origin;
import ch.tocco.lomigrate.flags.Mistakes;
import ch.tocco.lomigrate.flags.SourceFlags;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The flags that a built-in profile stands for: a file as {@code @FILE} takes it, with comments for people. */
public final class Profile {
    private static final List<String> NAMES = List.of(
            "tocco",
            "active-storage",
            "orthanc",
            "spring-content",
            "liferay",
            "odoo",
            "hapi-fhir",
            "hibernate",
            "odk-central");

    private Profile() {}

    /** What profiles there are. */
    public static List<String> names() {
        return NAMES;
    }

    /** The file of a profile that there is. */
    public static String text(String name) {
        try (InputStream file = SourceFlags.class.getResourceAsStream(name + ".conf")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Fills in, for flags of a source that were not given, what the profile says. Where rows of the default table are told
     * apart by some flag and no table is named, that is the profile of the default table.
     */
    public static void addTo(Map<Flag, Given> given, FlagTable table, Mistakes mistakes) {
        Optional<Flag> flag = table.find("--profile");
        if (flag.isEmpty()) {
            return;
        }
        Given asked = given.get(flag.get());
        boolean described = given.keySet().stream()
                .anyMatch(each -> each.isVerbatim() && !each.isSwitch() && !each.equals(flag.get()));
        boolean named = given.containsKey(table.find("--table").orElseThrow());
        if (asked == null && (named || !described)) {
            return;
        }
        String name = asked == null ? SourceFlags.DEFAULT_PROFILE : asked.value();
        if (!NAMES.contains(name)) {
            mistakes.mistake(
                    flag.get().name(),
                    "must be one of " + String.join(", ", NAMES) + ", not '" + name
                            + "'; a file of your own is given as @FILE");
            return;
        }
        if (name.equals(SourceFlags.DEFAULT_PROFILE) && !described) {
            return; // it is more than flags
        }
        lines(name, table).forEach(given::putIfAbsent);
        given.putIfAbsent(flag.get(), new Given(name, Origin.PROFILE, flag.get().name(), ""));
    }

    private static Map<Flag, Given> lines(String name, FlagTable table) {
        List<String> arguments = new ArrayList<>();
        for (String line : text(name).lines().toList()) {
            int gap = line.indexOf(' ');
            if (line.startsWith("--") && gap > 0) {
                arguments.add(line.substring(0, gap) + "=" + line.substring(gap + 1));
            }
        }
        Map<Flag, Given> values = new ArgumentScanner(table, new Mistakes()).scan(arguments);
        values.replaceAll((flag, value) -> new Given(value.values(), Origin.PROFILE, flag.name(), ""));
        return values;
    }
}
