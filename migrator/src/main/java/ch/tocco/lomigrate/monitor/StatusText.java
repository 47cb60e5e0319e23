package ch.tocco.lomigrate.monitor;

import ch.tocco.lomigrate.books.Progress;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** The progress display as text, in the layout that users of the predecessor know. Pure. */
final class StatusText {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final double MEGABYTE = 1e6;
    private static final double MEBIBYTE = 1 << 20;

    /** Before this share of the remaining objects is done, an ETA would be a guess. */
    private static final double ETA_FROM_SHARE = 0.01;

    /** Unless the run has gone on for this long. */
    private static final Duration ETA_FROM_TIME = Duration.ofMinutes(1);

    /** A thousand years: more cannot be added to a date, and means no more. */
    private static final double MOST_SECONDS = 365_000.0 * 86_400;

    private StatusText() {}

    /** The display during the run; {@code before} is the snapshot of the display before this one. */
    static String progress(Snapshot now, Snapshot before, Duration interval) {
        return render(now, before, "(updated every: " + interval.toSeconds() + "s), ETA: " + eta(now));
    }

    /** The display after the run; {@code limit} is a sentence on what it waited for. */
    static String finalStats(Snapshot now, Snapshot before, Optional<String> limit) {
        return render(now, before, "(final stats), run took: " + duration(now.elapsed()))
                + limit.map(sentence -> "\n" + sentence + "\n").orElse("");
    }

    /** What follows the final stats where rows did not say all that could be compared; else nothing. */
    static String unchecked(long withoutSize, long withoutChecksum) {
        if (withoutSize == 0 && withoutChecksum == 0) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        line(text, "");
        line(
                text,
                "NOT COMPARED: the size of %d objects, the checksum of %d (their rows give none)",
                withoutSize,
                withoutChecksum);
        return text.toString();
    }

    private static String render(Snapshot now, Snapshot before, String headline) {
        StringBuilder text = new StringBuilder(2048);
        line(text, "    Status at %s %s", TIME.format(now.time()), headline);
        now.waiting().forEach(waiting -> line(text, "    %s", waiting));
        line(text, "");
        line(text, "Progress Overview:");
        line(text, "    %s", overview(now));
        line(text, "");
        line(text, "Processed Objects by Thread Pools:");
        for (int i = 0; i < now.stages().size(); i++) {
            stage(text, now.stages().get(i), before.stages().get(i), now, before);
        }
        line(text, "");
        line(text, "Queue Usage:");
        for (int i = 0; i < now.rings().size(); i++) {
            ring(text, now.rings().get(i), before.rings().get(i));
        }
        line(text, "");
        line(text, "Budget Usage:");
        now.budgets().forEach(budget -> budget(text, budget));
        losses(text, now);
        return text.toString();
    }

    private static String overview(Snapshot now) {
        Progress progress = now.progress();
        if (progress.totals() == null) {
            return String.format(Locale.ROOT, "UNKNOWN, %d of UNKNOWN object have been migrated", progress.migrated());
        }
        long rows = progress.rows();
        long migrated = progress.migratedInAll();
        return String.format(
                Locale.ROOT,
                "%.2f%%, %d of %d object have been migrated",
                percent(now).orElseThrow(),
                migrated,
                rows);
    }

    /** How much of the table is migrated, rounded down: 100 means all of it. Empty until it was counted. */
    static Optional<Double> percent(Snapshot now) {
        Progress progress = now.progress();
        if (progress.totals() == null) {
            return Optional.empty();
        }
        long rows = progress.rows();
        return Optional.of(rows == 0 ? 100 : Math.floor(progress.migratedInAll() * 10_000.0 / rows) / 100);
    }

    private static String eta(Snapshot now) {
        return timeLeft(now)
                .map(left -> TIME.format(now.time().plus(left)) + " (" + duration(left) + ")")
                .orElse("UNKNOWN");
    }

    /** How long the run may still take; empty while that would be a guess. */
    static Optional<Duration> timeLeft(Snapshot now) {
        Progress progress = now.progress();
        if (progress.totals() == null) {
            return Optional.empty();
        }
        boolean tooEarly = progress.migrated() < progress.toDo() * ETA_FROM_SHARE
                && now.elapsed().compareTo(ETA_FROM_TIME) < 0;
        double perSecond = perSecond(progress.migrated(), now.elapsed());
        if (perSecond == 0 || tooEarly) {
            return Optional.empty();
        }
        // Rounded up: zero time is left only if nothing is left to do.
        return Optional.of(Duration.ofSeconds((long) Math.min(Math.ceil(progress.left() / perSecond), MOST_SECONDS)));
    }

    private static void stage(
            StringBuilder text, Snapshot.Stage stage, Snapshot.Stage last, Snapshot now, Snapshot before) {
        Duration sinceLast = now.elapsed().minus(before.elapsed());
        String speed = String.format(
                Locale.ROOT,
                "    %-17s - processed: %7d, current speed: %7.1f Lo/s, average speed: %7.1f Lo/s",
                stage.label(),
                stage.objects(),
                perSecond(stage.objects() - last.objects(), sinceLast),
                perSecond(stage.objects(), now.elapsed()));
        line(
                text,
                "%s, %7.1f MB/s, average %7.1f MB/s",
                speed,
                perSecond(stage.bytes() - last.bytes(), sinceLast) / MEGABYTE,
                perSecond(stage.bytes(), now.elapsed()) / MEGABYTE);
    }

    private static void ring(StringBuilder text, Snapshot.Ring ring, Snapshot.Ring last) {
        line(
                text,
                "    %-17s - used %6d of %6d, %6.2f%% full, changed by: %+6d",
                ring.label(),
                ring.used(),
                ring.size(),
                100.0 * ring.used() / ring.size(),
                ring.used() - last.used());
    }

    private static void budget(StringBuilder text, Snapshot.Budget budget) {
        line(
                text,
                "    %-17s - used %8.1f of %8.1f MiB, %6.2f%% full",
                budget.label(),
                budget.used() / MEBIBYTE,
                budget.capacity() / MEBIBYTE,
                100.0 * budget.used() / budget.capacity());
    }

    private static void losses(StringBuilder text, Snapshot now) {
        line(text, "");
        line(text, "FAILED OBJECTS: %d", now.failedCount());
        now.failed().forEach((reason, count) -> line(text, "    %-17s - %d (%s)", reason, count, reason.text()));
        if (now.vanished() > 0) {
            line(text, "");
            line(text, "VANISHED ROWS: %d (deleted or re-pointed since they were listed)", now.vanished());
        }
        if (now.discarded() > 0) {
            line(text, "");
            line(text, "LISTED BUT NOT DONE: %d (the next run takes them, with all that is pending)", now.discarded());
        }
    }

    static double perSecond(long count, Duration time) {
        double seconds = time.toNanos() / 1e9;
        return seconds <= 0 ? 0 : count / seconds;
    }

    private static String duration(Duration duration) {
        return String.format(
                Locale.ROOT, "%dh %02dm %02ds", duration.toHours(), duration.toMinutesPart(), duration.toSecondsPart());
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(values.length == 0 ? format : String.format(Locale.ROOT, format, values))
                .append('\n');
    }
}
