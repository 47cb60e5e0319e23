package ch.tocco.lomigrate.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.pacing.Limits;
import ch.tocco.lomigrate.pacing.Timetable;
import com.beust.jcommander.IStringConverter;
import com.beust.jcommander.ParameterException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the texts of flags mean, and which mean nothing. */
final class ThrottleValuesTest {
    private static void assertRefused(IStringConverter<?> converter, String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(ParameterException.class)
                .hasMessageMatching("[a-z].*[^.]");
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1b,1", "10K,10240", "1.5M,1572864", "3g,3221225472", "2T,2199023255552"})
    void bytesMayHaveAUnit(String text, long bytes) {
        assertThat(new ThrottleValues.Bytes().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "1KiB", "1 M", "M", "1e3", "99999999T"})
    void otherBytesAreRefused(String text) {
        assertRefused(new ThrottleValues.Bytes(), text);
    }

    @Test
    void bandwidthIsInKibibytesUnlessItSaysOtherwiseAsInRclone() {
        assertThat(rates("512")).containsExactly(512L << 10);
        assertThat(rates("512B")).containsExactly(512L);
        assertThat(rates("10M")).containsExactly(10L << 20);
        assertThat(rates("off")).containsExactly(Timetable.UNLIMITED);
    }

    private static List<Long> rates(String text) {
        return new ThrottleValues.BandwidthLimit()
                .convert(text).timetable().entries().stream()
                        .map(Timetable.Entry::bytesPerSecond)
                        .toList();
    }

    @Test
    void timetableHasTimesAndDays() {
        assertThat(new ThrottleValues.BandwidthLimit()
                        .convert("08:00,5M 18:00,50M  Sat-0:00,off")
                        .timetable()
                        .entries())
                .containsExactly(
                        new Timetable.Entry(Optional.empty(), LocalTime.of(8, 0), 5 << 20),
                        new Timetable.Entry(Optional.empty(), LocalTime.of(18, 0), 50 << 20),
                        new Timetable.Entry(Optional.of(DayOfWeek.SATURDAY), LocalTime.MIDNIGHT, Timetable.UNLIMITED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0", "10M:1M", "08:00", "08:00,", "08:00,5M,", "25:00,5M", "Sam-08:00,5M", "08:00,5M 9,1"})
    void otherTimetablesAreRefused(String text) {
        assertRefused(new ThrottleValues.BandwidthLimit(), text);
    }

    @ParameterizedTest
    @CsvSource({"90,90", "90s,90", "15m,900", "2H,7200", "3d,259200"})
    void timeMayHaveAUnit(String text, long seconds) {
        assertThat(new ThrottleValues.Time().convert(text).length()).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0s", "-1s", "1.5h", "1h30m", "1001d", "h"})
    void otherTimesAreRefused(String text) {
        assertRefused(new ThrottleValues.Time(), text);
    }

    @Test
    void windowHasTwoTimes() {
        assertThat(new ThrottleValues.Window().convert("22:00-6:00")).hasToString("22:00-06:00");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "22:00", "22:00-", "22:00-22:00", "24:00-06:00", "22-6", "22:00-06:00-07:00"})
    void otherWindowsAreRefused(String text) {
        assertRefused(new ThrottleValues.Window(), text);
    }

    @Test
    void loadCountsActiveSessions() {
        assertThat(new ThrottleValues.MaxLoad().convert("active=40").active()).isEqualTo(40);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "40", "active=0", "active=", "active=x", "Threads_running=40", "active=1000000"})
    void otherLoadsAreRefused(String text) {
        assertRefused(new ThrottleValues.MaxLoad(), text);
    }

    @Test
    void failuresAreANumberOrAPercentage() {
        assertThat(new ThrottleValues.MaxFailures().convert("100")).isEqualTo(new Limits.Failures(100, false));
        assertThat(new ThrottleValues.MaxFailures().convert("5%")).isEqualTo(new Limits.Failures(5, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0%", "100%", "-1", "1.5%", "5 %"})
    void otherFailuresAreRefused(String text) {
        assertRefused(new ThrottleValues.MaxFailures(), text);
    }

    @Test
    void standbysAreNamesWithCommas() {
        assertThat(new ThrottleValues.StandbyNames().convert("s1, s2").names()).containsExactly("s1", "s2");
        assertRefused(new ThrottleValues.StandbyNames(), "s1,");
        assertRefused(new ThrottleValues.StandbyNames(), "");
    }

    @Test
    void countsAndSqlMustBeThere() {
        assertThat(new ThrottleValues.Count().convert("22000000")).isEqualTo(22_000_000L);
        assertRefused(new ThrottleValues.Count(), "0");
        assertRefused(new ThrottleValues.SmallCount(), "1000001");
        assertRefused(new ThrottleValues.Sql(), " ");
        assertThat(new ThrottleValues.Sql().convert("SELECT 1")).isEqualTo("SELECT 1");
    }
}
