package ch.tocco.lomigrate.pacing;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.TextStyle;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How many bytes a second may be sent, by day and hour, on the clock of the machine's time zone. An entry holds until the
 * next one begins, in a week without end: nothing has to happen at the moment when one begins, so nothing can be missed.
 *
 * @param entries at least one, in any order; of two that begin at the same moment the later in the list holds
 */
public record Timetable(List<Entry> entries) {
    /** The rate of an entry that sets no limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final String UNITS = "BKMGT";

    /**
     * From then on.
     *
     * @param day empty: every day
     * @param bytesPerSecond at least 1; {@link #UNLIMITED} for no limit
     */
    public record Entry(Optional<DayOfWeek> day, LocalTime from, long bytesPerSecond) {
        LocalDateTime lastBeginning(LocalDateTime now) {
            LocalDate date = day.map(wanted -> now.toLocalDate().with(TemporalAdjusters.previousOrSame(wanted)))
                    .orElse(now.toLocalDate());
            LocalDateTime beginning = date.atTime(from);
            return beginning.isAfter(now) ? beginning.minusDays(day.isPresent() ? 7 : 1) : beginning;
        }
    }

    public Timetable {
        entries = List.copyOf(entries);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("no entry");
        }
    }

    /** As it is given to a flag. */
    @Override
    public String toString() {
        Entry first = entries.get(0);
        boolean always =
                entries.size() == 1 && first.day().isEmpty() && first.from().equals(LocalTime.MIDNIGHT);
        return always
                ? words(first.bytesPerSecond())
                : entries.stream().map(Timetable::words).collect(Collectors.joining(" "));
    }

    private static String words(Entry entry) {
        String day = entry.day()
                .map(each -> each.getDisplayName(TextStyle.SHORT, Locale.ENGLISH) + "-")
                .orElse("");
        return day + entry.from() + "," + words(entry.bytesPerSecond());
    }

    private static String words(long bytes) {
        if (bytes == UNLIMITED) {
            return "off";
        }
        int unit = 0;
        long number = bytes;
        while (number % 1024 == 0 && unit < UNITS.length() - 1) {
            number /= 1024;
            unit++;
        }
        return number + UNITS.substring(unit, unit + 1);
    }

    /** The rate that holds now; {@link #UNLIMITED} for no limit. */
    public long bytesPerSecond(LocalDateTime now) {
        Entry holds = entries.get(0);
        for (Entry entry : entries) {
            if (!entry.lastBeginning(now).isBefore(holds.lastBeginning(now))) {
                holds = entry;
            }
        }
        return holds.bytesPerSecond();
    }
}
