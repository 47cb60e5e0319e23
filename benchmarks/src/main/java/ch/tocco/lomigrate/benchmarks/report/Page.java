package ch.tocco.lomigrate.benchmarks.report;

import ch.tocco.lomigrate.benchmarks.results.Circumstances;
import java.util.Locale;

/** Lines of Markdown. */
final class Page {
    /** Beside what is not to be quoted. */
    static final String MARK = "†";

    private final StringBuilder text = new StringBuilder();

    /** Adds lines as they are, then an empty one. */
    void text(String lines) {
        text.append(lines.strip()).append("\n\n");
    }

    /** Adds one line. */
    void line(String format, Object... values) {
        text.append(values.length == 0 ? format : String.format(Locale.ROOT, format, values))
                .append('\n');
    }

    /** Adds the head of a table: its first column is text, the others are numbers. */
    void table(String... columns) {
        line("| " + String.join(" | ", columns) + " |");
        line("|---" + "|---:".repeat(columns.length - 1) + "|");
    }

    static String marked(String text, Circumstances how) {
        return how.quotable() ? text : text + " " + MARK;
    }

    static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond < 100 ? "%.2f/s" : "%,.0f/s", perSecond);
    }

    void end() {
        text.append('\n');
    }

    @Override
    public String toString() {
        return text.toString().strip() + "\n";
    }
}
