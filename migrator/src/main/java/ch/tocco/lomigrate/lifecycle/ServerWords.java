package ch.tocco.lomigrate.lifecycle;

/** What a server says, made fit to be repeated in one line of a message or log. */
public final class ServerWords {
    /** Most characters that are repeated; a server may have sent any number. */
    static final int MAX_LENGTH = 500;

    private ServerWords() {}

    /** The first line, cut where it is too long, without characters that could move the cursor of a terminal. */
    public static String firstLine(String text) {
        return harmless(text.lines().findFirst().orElse(""));
    }

    /** All of it as one line, cut and cleaned in the same way: line breaks and runs of blanks become one blank. */
    public static String oneLine(String text) {
        return harmless(text.replaceAll("[\\s\\x0B\\x85\\u2028\\u2029]+", " ").strip());
    }

    private static String harmless(String line) {
        String cut = line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "…";
        return cut.replaceAll("\\p{Cntrl}|[\\x80-\\x9f]", "?");
    }
}
