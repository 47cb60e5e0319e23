package ch.tocco.lomigrate.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads names as people write them in SQL: folded to lower case unless quoted. */
public final class Identifiers {
    private Identifiers() {}

    /** Names with dots between them. */
    public static List<String> path(String text) {
        return separated(text, '.');
    }

    /** Names with commas between them. */
    public static List<String> list(String text) {
        return separated(text, ',');
    }

    /** Where the names at the beginning of a text end. */
    public static int end(String text) {
        boolean quoted = false;
        int at = 0;
        while (at < text.length() && (quoted || text.charAt(at) != '=')) {
            quoted ^= text.charAt(at) == '"';
            at++;
        }
        return at;
    }

    private static List<String> separated(String text, char separator) {
        List<String> names = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || (text.charAt(i) == separator && !quoted)) {
                names.add(name(text.substring(from, i).strip(), text));
                from = i + 1;
            } else {
                quoted ^= text.charAt(i) == '"';
            }
        }
        return names;
    }

    private static String name(String written, String all) {
        boolean quoted = written.length() > 2 && written.startsWith("\"") && written.endsWith("\"");
        String inside = quoted ? written.substring(1, written.length() - 1).replace("\"\"", "\0") : written;
        if (inside.isEmpty() || inside.indexOf('"') >= 0) {
            throw new IllegalArgumentException("is no name as SQL has it: '" + all + "'");
        }
        if (quoted) {
            return inside.replace('\0', '"');
        }
        if (!written.matches("[\\p{L}_][\\p{L}\\p{N}_$]*")) {
            throw new IllegalArgumentException("has a name that needs double quotes: '" + all + "'");
        }
        return written.toLowerCase(Locale.ROOT);
    }
}
