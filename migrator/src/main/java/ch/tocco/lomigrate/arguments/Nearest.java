package ch.tocco.lomigrate.arguments;

import static java.util.Comparator.comparingInt;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Guesses which name a mistyped one was meant to be. */
public final class Nearest {
    private Nearest() {}

    /** The nearest candidate, if it is near enough to be worth suggesting. */
    public static Optional<String> of(String mistyped, Collection<String> candidates) {
        String wanted = normal(mistyped);
        int limit = Math.max(1, wanted.length() / 3);
        Optional<String> byPrefix = candidates.stream()
                .filter(c -> wanted.length() >= 3 && normal(c).startsWith(wanted))
                .findFirst();
        return candidates.stream()
                .min(comparingInt(c -> edits(wanted, normal(c))))
                .filter(c -> edits(wanted, normal(c)) <= limit)
                .or(() -> byPrefix);
    }

    /** Ignores case, dashes and underscores, which people get wrong most often. */
    private static String normal(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** The Levenshtein distance. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
