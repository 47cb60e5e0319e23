package ch.tocco.lomigrate.monitor;

import ch.tocco.lomigrate.books.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The run at a glance, in one line of a terminal. Pure. */
final class BarLine implements Frame.Line {
    private static final int MAX_BAR = 30;
    private static final int MIN_BAR = 4;
    private static final int BAR_ENDS = 3; // brackets and a blank
    private static final int USUAL_BAR = 10;

    /** Percentage, time left and what the run waits for, which go before the bar. */
    private static final int BEFORE_THE_BAR = 3;

    private static final long MAX_DAYS = 999;
    private static final String BETWEEN = "  ";

    private final Snapshot now;
    private final Snapshot before;
    private final Waits waits;

    /**
     * The line of a moment.
     *
     * @param before the snapshot of the line before this one, for the rate
     */
    BarLine(Snapshot now, Snapshot before, Waits waits) {
        this.now = now;
        this.before = before;
        this.waits = waits;
    }

    /** Writes the most important parts first, leaves out parts from the end until the rest fits, and fills up with the bar. */
    @Override
    public String text(int columns, boolean unicode) {
        List<String> parts = new ArrayList<>();
        int used = 0;
        for (String part : parts()) {
            int more = part.length() + (parts.isEmpty() ? 0 : BETWEEN.length());
            int kept = parts.size() < BEFORE_THE_BAR ? 0 : USUAL_BAR + BAR_ENDS;
            if (used + more + kept > columns) {
                break;
            }
            parts.add(part);
            used += more;
        }
        String text = parts.isEmpty() ? percent() : String.join(BETWEEN, parts);
        int bar = Math.min(MAX_BAR, columns - used - BAR_ENDS);
        return Columns.cut(bar < MIN_BAR ? text : bar(bar, unicode) + ' ' + text, columns);
    }

    private List<String> parts() {
        Progress progress = now.progress();
        List<String> parts = new ArrayList<>();
        parts.add(percent());
        parts.add("ETA " + StatusText.timeLeft(now).map(BarLine::shortened).orElse("?"));
        parts.add("waits for " + waits.label());
        parts.add(now.failedCount() + " failed");
        parts.add(String.format(
                Locale.ROOT,
                "%.1f/s",
                StatusText.perSecond(
                        progress.migrated() - before.progress().migrated(),
                        now.elapsed().minus(before.elapsed()))));
        parts.add(
                progress.totals() == null
                        ? progress.migrated() + " of ?"
                        : progress.migratedInAll() + " of " + progress.rows());
        return parts;
    }

    private String percent() {
        return StatusText.percent(now)
                .map(percent -> String.format(Locale.ROOT, "%6.2f%%", percent))
                .orElse("  ?   ");
    }

    private String bar(int length, boolean unicode) {
        Optional<Double> percent = StatusText.percent(now);
        int done = (int) (length * percent.orElse(0.0) / 100);
        return unicode
                ? '▕' + "█".repeat(done) + "░".repeat(length - done) + '▏'
                : '[' + "#".repeat(done) + ".".repeat(length - done) + ']';
    }

    /** Two units at most. */
    private static String shortened(Duration left) {
        if (left.toDays() > MAX_DAYS) {
            return "> " + MAX_DAYS + "d";
        }
        if (left.toDays() > 0) {
            return String.format(Locale.ROOT, "%dd %02dh", left.toDays(), left.toHoursPart());
        }
        return left.toHours() > 0
                ? String.format(Locale.ROOT, "%dh %02dm", left.toHours(), left.toMinutesPart())
                : String.format(Locale.ROOT, "%dm %02ds", left.toMinutes(), left.toSecondsPart());
    }
}
