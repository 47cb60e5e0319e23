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

    /** How many letters are added, left out, replaced, or swapped with the next one: the "optimal string alignment" distance. */
    private static int edits(String from, String to) {
        int[][] least = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    least[i][j] = i + j;
                    continue;
                }
                int replaced = least[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                least[i][j] = Math.min(replaced, Math.min(least[i - 1][j], least[i][j - 1]) + 1);
                if (areSwapped(from, i, to, j)) {
                    least[i][j] = Math.min(least[i][j], least[i - 2][j - 2] + 1);
                }
            }
        }
        return least[from.length()][to.length()];
    }

    /** Whether the two letters before these ends are the same ones the other way round. */
    private static boolean areSwapped(String from, int fromEnd, String to, int toEnd) {
        return fromEnd > 1
                && toEnd > 1
                && from.charAt(fromEnd - 1) == to.charAt(toEnd - 2)
                && from.charAt(fromEnd - 2) == to.charAt(toEnd - 1);
    }
}
