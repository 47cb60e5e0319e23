package ch.tocco.lomigrate.benchmarks.e2e;

import java.util.Locale;

/** Lines of Markdown. */
final class Page {
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

    void end() {
        text.append('\n');
    }

    @Override
    public String toString() {
        return text.toString().strip() + "\n";
    }
}
