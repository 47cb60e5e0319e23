package ch.tocco.lomigrate.pacing;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Optional;

/**
 * How many bytes a second may be sent, by day and hour, on the clock of the machine's time zone. An entry holds until the
 * next one begins, in a week without end: nothing has to happen at the moment when one begins, so nothing can be missed.
 *
 * @param entries at least one, in any order; of two that begin at the same moment the later in the list holds
 */
public record Timetable(List<Entry> entries) {
    /** The rate of an entry that sets no limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

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
