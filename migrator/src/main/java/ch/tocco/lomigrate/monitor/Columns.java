package ch.tocco.lomigrate.monitor;

import java.util.stream.Collectors;

/** Text in columns of a terminal, in which a character may take none, one or two. Pure. */
final class Columns {
    private Columns() {}

    /** How many columns a text takes; control characters take one, as {@link #cut} replaces them. */
    static int of(String text) {
        return text.codePoints().map(Columns::of).sum();
    }

    /** The beginning of a line that fits; a control character becomes a question mark. */
    static String cut(String line, int columns) {
        StringBuilder cut = new StringBuilder(line.length());
        int left = columns;
        for (int c : line.codePoints().toArray()) {
            left -= of(c);
            if (left < 0) {
                break;
            }
            cut.appendCodePoint(Character.isISOControl(c) ? '?' : c);
        }
        return cut.toString();
    }

    /** Each line of a text cut. */
    static String cutLines(String text, int columns) {
        return text.lines().map(line -> cut(line, columns) + '\n').collect(Collectors.joining());
    }

    /** Each line of a text broken where it does not fit. */
    static String wrapLines(String text, int columns) {
        StringBuilder wrapped = new StringBuilder(text.length());
        text.lines().forEach(line -> {
            String rest = line;
            do {
                String fits = cut(rest, Math.max(columns, 2)); // no character is wider than that
                wrapped.append(fits).append('\n');
                rest = rest.substring(fits.length());
            } while (!rest.isEmpty());
        });
        return wrapped.toString();
    }

    private static int of(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
            default -> isWide(c) ? 2 : 1;
        };
    }

    /** Unicode Standard Annex 11: what East Asian fonts draw over two columns, and pictures. */
    private static boolean isWide(int c) {
        return isBetween(c, 0x1100, 0x115F)
                || isBetween(c, 0x2E80, 0xA4CF)
                || isBetween(c, 0xAC00, 0xD7A3)
                || isBetween(c, 0xF900, 0xFAFF)
                || isBetween(c, 0xFE30, 0xFE6F)
                || isBetween(c, 0xFF00, 0xFF60)
                || isBetween(c, 0xFFE0, 0xFFE6)
                || isBetween(c, 0x1F300, 0x1FAFF)
                || isBetween(c, 0x20000, 0x3FFFD);
    }

    private static boolean isBetween(int c, int first, int last) {
        return c >= first && c <= last;
    }
}
