package ch.tocco.lomigrate.pacing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which rate holds when, and which hours a window has. */
final class TimetableTest {
    private static final long WEEKEND = 7;
    private static final long DAY = 5;
    private static final long NIGHT = 50;

    private final Timetable timetable = new Timetable(List.of(
            entry(Optional.empty(), 8, DAY),
            entry(Optional.empty(), 18, NIGHT),
            entry(Optional.of(DayOfWeek.SATURDAY), 0, WEEKEND)));

    private static Timetable.Entry entry(Optional<DayOfWeek> day, int hour, long rate) {
        return new Timetable.Entry(day, LocalTime.of(hour, 0), rate);
    }

    @Test
    void entryHoldsUntilTheNextOneBeginsAcrossMidnightAndOnEveryDay() {
        for (int day = 23; day < 28; day++) { // Monday to Friday
            assertThat(timetable.bytesPerSecond(LocalDateTime.of(2026, 11, day, 0, 30)))
                    .isEqualTo(NIGHT);
            assertThat(timetable.bytesPerSecond(LocalDateTime.of(2026, 11, day, 7, 59, 59)))
                    .isEqualTo(NIGHT);
            assertThat(timetable.bytesPerSecond(LocalDateTime.of(2026, 11, day, 8, 0)))
                    .isEqualTo(DAY);
            assertThat(timetable.bytesPerSecond(LocalDateTime.of(2026, 11, day, 18, 0)))
                    .isEqualTo(NIGHT);
        }
    }

    @Test
    void entryOfADayHoldsFromThenOnUntilTheNextOne() {
        assertThat(timetable.bytesPerSecond(LocalDateTime.of(2026, 11, 27, 23, 59)))
                .isEqualTo(NIGHT);
        assertThat(timetable.bytesPerSecond(LocalDateTime.of(2026, 11, 28, 0, 0)))
                .isEqualTo(WEEKEND);
        assertThat(timetable.bytesPerSecond(LocalDateTime.of(2026, 11, 28, 8, 0)))
                .isEqualTo(DAY);
    }

    @Test
    void onlyEntryOfTheWeekHoldsAllTheTime() {
        var weekly = new Timetable(List.of(entry(Optional.of(DayOfWeek.WEDNESDAY), 12, DAY)));
        for (int hour = 0; hour < 24 * 14; hour++) {
            assertThat(weekly.bytesPerSecond(
                            LocalDateTime.of(2026, 11, 20, 0, 0).plusHours(hour)))
                    .isEqualTo(DAY);
        }
    }

    @Test
    void windowAcrossMidnightHasBothEndsOfTheNight() {
        var night = new DailyWindow(LocalTime.of(22, 0), LocalTime.of(6, 0));
        assertThat(night.contains(LocalTime.of(22, 0))).isTrue();
        assertThat(night.contains(LocalTime.MIDNIGHT)).isTrue();
        assertThat(night.contains(LocalTime.of(5, 59, 59))).isTrue();
        assertThat(night.contains(LocalTime.of(6, 0))).isFalse();
        assertThat(night.contains(LocalTime.of(21, 59, 59))).isFalse();
    }

    @Test
    void windowWithinADayHasItsHoursOnly() {
        var day = new DailyWindow(LocalTime.of(8, 0), LocalTime.of(18, 0));
        assertThat(day.contains(LocalTime.of(8, 0))).isTrue();
        assertThat(day.contains(LocalTime.of(18, 0))).isFalse();
        assertThat(day.contains(LocalTime.of(3, 0))).isFalse();
    }

    /** In Zurich the hour from 2 to 3 is skipped on 28 March 2027 and passes twice on 31 October 2027. */
    @Test
    void hoursAreThoseOnTheWallWhenTheClockIsChanged() {
        ZoneId zurich = ZoneId.of("Europe/Zurich");
        var window = new DailyWindow(LocalTime.of(2, 30), LocalTime.of(6, 0));
        var spring = ZonedDateTime.of(2027, 3, 28, 1, 59, 0, 0, zurich);
        assertThat(window.contains(spring.toLocalTime())).isFalse();
        assertThat(window.contains(spring.plusMinutes(1).toLocalTime()))
                .as("03:00")
                .isTrue();
        var autumn = ZonedDateTime.of(2027, 10, 31, 2, 30, 0, 0, zurich);
        assertThat(window.contains(autumn.toLocalTime())).isTrue();
        assertThat(window.contains(autumn.plusMinutes(40).toLocalTime()))
                .as("02:10 again")
                .isFalse();
        assertThat(window.contains(autumn.plusHours(1).toLocalTime()))
                .as("02:30 again")
                .isTrue();
    }

    @Test
    void percentageOfFailuresCountsFromAHundredSettledObjectsOn() {
        var five = new Limits.Failures(5, true);
        assertThat(five.reached(99, 99)).isFalse();
        assertThat(five.reached(5, 100)).isTrue();
        assertThat(five.reached(5, 101)).isFalse();
        assertThat(new Limits.Failures(3, false).reached(2, 2)).isFalse();
        assertThat(new Limits.Failures(3, false).reached(3, 3)).isTrue();
    }
}
