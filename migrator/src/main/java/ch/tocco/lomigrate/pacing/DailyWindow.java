package ch.tocco.lomigrate.pacing;

import static java.util.Objects.requireNonNull;

import java.time.LocalTime;

/**
 * Hours of each day, on the clock of the machine's time zone; across midnight where the end is before the start.
 *
 * @param from the first minute
 * @param to the first minute after it; another one than {@code from}
 */
public record DailyWindow(LocalTime from, LocalTime to) {
    public DailyWindow {
        requireNonNull(from);
        if (from.equals(requireNonNull(to))) {
            throw new IllegalArgumentException("a window that begins and ends at " + from);
        }
    }

    /** Whether the time lies within it. */
    public boolean contains(LocalTime time) {
        boolean begun = !time.isBefore(from);
        boolean over = !time.isBefore(to);
        return from.isBefore(to) ? begun && !over : begun || !over;
    }

    @Override
    public String toString() {
        return from + "-" + to;
    }
}
