package ch.tocco.lomigrate.testkit.checks;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the tool's last block of statistics says about failed objects.
 *
 * @param failed number in the line {@code FAILED OBJECTS: n}; -1 if there is no such line
 * @param reasons number of failed objects by the name of the reason
 */
public record FinalStats(int failed, Map<String, Integer> reasons) {
    private static final String HEADING = "FAILED OBJECTS:";
    private static final Pattern REASON = Pattern.compile("(?m)^\\W*([A-Z][A-Z_]+)\\W+(\\d+)\\b.*$");

    /** Reads the last block in the output. */
    public static FinalStats of(String stdout) {
        int start = stdout.lastIndexOf(HEADING);
        if (start < 0) {
            return new FinalStats(-1, Map.of());
        }
        var lines = stdout.substring(start + HEADING.length()).lines().toList();
        var reasons = new TreeMap<String, Integer>();
        for (String line : lines.subList(1, lines.size())) {
            var match = REASON.matcher(line);
            if (match.matches()) {
                reasons.put(match.group(1), Integer.parseInt(match.group(2)));
            }
        }
        reasons.values().removeIf(count -> count == 0);
        return new FinalStats(Integer.parseInt(lines.get(0).strip()), reasons);
    }
}
