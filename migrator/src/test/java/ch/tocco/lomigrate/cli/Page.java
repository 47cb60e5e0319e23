package ch.tocco.lomigrate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param name its path below the root of the repository
 * @param text what is in it
 */
record Page(String name, String text) {
    static final Path ROOT = root();

    static Page of(String name) {
        try {
            return new Page(name, Files.readString(ROOT.resolve(name)));
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    /** Every page that people read: those at the root, in {@code docs} and in {@code .github}. */
    static List<Page> all() throws IOException {
        List<Page> pages = new ArrayList<>();
        for (String directory : List.of("", "docs", ".github")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(directory), directory.isEmpty() ? 1 : 3)) {
                files.filter(file -> file.toString().endsWith(".md"))
                        .map(file -> ROOT.relativize(file).toString())
                        .sorted()
                        .map(Page::of)
                        .forEach(pages::add);
            }
        }
        return pages;
    }

    Path directory() {
        return ROOT.resolve(name).getParent();
    }

    List<String> matches(String regex) {
        return matches(regex, text);
    }

    static List<String> matches(String regex, String text) {
        return Pattern.compile(regex)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .toList();
    }

    /** What stands between backquotes, without them. */
    List<String> code() {
        return matches("`[^`\n]+`").stream()
                .map(span -> span.substring(1, span.length() - 1))
                .toList();
    }

    /** The anchors of its headings. */
    List<String> anchors() {
        return matches("(?m)(?<=^##{0,3} ).*$").stream().map(Page::anchor).toList();
    }

    /** How code hosts make an anchor of a heading: lower case, letters, digits, blanks as dashes, all else dropped. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    /** The cells of all table rows in the section with this heading, the line below each header row left out. */
    List<List<String>> rows(String heading) {
        int start = text.indexOf("\n## " + heading + "\n");
        if (start < 0) {
            throw new AssertionError(name + " has no section " + heading);
        }
        int end = text.indexOf("\n## ", start + 1);
        return text.substring(start, end < 0 ? text.length() : end)
                .lines()
                .filter(line -> line.startsWith("|") && !line.startsWith("| ---"))
                .map(line -> Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("README.md"))) {
            directory = directory.getParent();
        }
        return directory;
    }
}
