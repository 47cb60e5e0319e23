package ch.tocco.lomigrate.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * What a case's file {@code expected} says, one directive a line, {@code #} begins a comment line:
 *
 * <pre>
 * exit CODE             the exit code (of each run)
 * runs N                how often the tool is run on the same data; once unless said
 * committed N           rows that have a sha2 afterwards and had none before
 * failed REASON N       failed objects with this reason, in the final statistics and by independent judgement
 * unchanged             refused: nothing in the database or bucket may have changed, no statistics expected
 * finalized             sha2 is NOT NULL and UNIQUE afterwards; without this line it must not be
 * stdout REGEX          found somewhere in stdout (of the last run)
 * stderr REGEX          found somewhere in stderr
 * output REGEX          found somewhere in stdout or stderr
 * absent REGEX          found in neither
 * query SQL => VALUE    the first value that the query gives afterwards, as text
 * </pre>
 */
final class Expectation {
    int exit;
    int runs = 1;
    int committed;
    final Map<String, Integer> failed = new TreeMap<>();
    boolean unchanged;
    boolean finalized;
    final List<Pattern> stdout = new ArrayList<>();
    final List<Pattern> stderr = new ArrayList<>();
    final List<Pattern> output = new ArrayList<>();
    final List<Pattern> absent = new ArrayList<>();
    final Map<String, String> queries = new TreeMap<>();

    private Expectation() {}

    static Expectation read(Path file) throws IOException {
        var expectation = new Expectation();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.strip().split("\\s+", 2);
                expectation.add(parts[0], parts.length == 1 ? "" : parts[1]);
            }
        }
        return expectation;
    }

    private void add(String directive, String value) {
        switch (directive) {
            case "exit" -> exit = Integer.parseInt(value);
            case "runs" -> runs = Integer.parseInt(value);
            case "committed" -> committed = Integer.parseInt(value);
            case "failed" -> addPair(value, "\\s+", (reason, count) -> failed.put(reason, Integer.valueOf(count)));
            case "unchanged" -> unchanged = true;
            case "finalized" -> finalized = true;
            case "stdout" -> stdout.add(pattern(value));
            case "stderr" -> stderr.add(pattern(value));
            case "output" -> output.add(pattern(value));
            case "absent" -> absent.add(pattern(value));
            case "query" -> addPair(value, "\\s*=>\\s*", queries::put);
            default -> throw new IllegalArgumentException("unknown directive: " + directive);
        }
    }

    private static void addPair(String text, String separator, BiConsumer<String, String> target) {
        String[] pair = text.split(separator, 2);
        target.accept(pair[0], pair[1]);
    }

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.MULTILINE);
    }
}
