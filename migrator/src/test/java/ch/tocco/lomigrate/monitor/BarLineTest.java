package ch.tocco.lomigrate.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.Progress;
import ch.tocco.lomigrate.lo.FailureReason;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** The run at a glance: what it says, and that it fits whatever it says. */
final class BarLineTest {
    private static Snapshot snapshot(Duration elapsed, Progress progress, long failed) {
        return new Snapshot(
                LocalDateTime.of(2026, 1, 1, 0, 0),
                elapsed,
                progress,
                List.of(),
                List.of(),
                List.of(),
                failed == 0 ? Map.of() : Map.of(FailureReason.MISSING, failed),
                0,
                0,
                List.of(),
                Snapshot.Held.NOT);
    }

    private static Progress progress(long rows, long before, long migrated, long failed) {
        return new Progress(new Counters.Totals(rows, before), migrated, 0, failed, 0, 0);
    }

    private static BarLine line() {
        Snapshot before = snapshot(Duration.ofSeconds(90), progress(4000, 1000, 900, 0), 0);
        Snapshot now = snapshot(Duration.ofSeconds(100), progress(4000, 1000, 1000, 6), 6);
        return new BarLine(now, before, Waits.STORE);
    }

    @Test
    void wideTerminalGetsAll() {
        assertThat(line().text(120, false))
                .isEqualTo("[###############...............]  50.00%  ETA 3m 20s  waits for the store  6 failed"
                        + "  10.0/s  2000 of 4000");
        assertThat(line().text(120, true))
                .startsWith("\u2595" + "\u2588".repeat(15) + "\u2591".repeat(15) + "\u258f  50.00%  ETA");
    }

    @Test
    void terminalOfEightyColumnsGetsAShorterBar() {
        assertThat(line().text(80, false))
                .isEqualTo("[#########..........]  50.00%  ETA 3m 20s  waits for the store  6 failed  10.0/s");
    }

    @Test
    void narrowTerminalGetsWhatMattersMost() {
        assertThat(line().text(45, false)).isEqualTo(" 50.00%  ETA 3m 20s  waits for the store");
        assertThat(line().text(20, false)).isEqualTo(" 50.00%  ETA 3m 20s");
        assertThat(line().text(3, false)).isEqualTo(" 50");
    }

    @Test
    void nothingIsClaimedBeforeTheTableIsCounted() {
        Snapshot start = snapshot(Duration.ZERO, new Progress(null, 0, 0, 0, 0, 0), 0);
        assertThat(new BarLine(start, start, Waits.LISTING).text(100, false))
                .contains("[..............................]   ?     ETA ?  waits for listing")
                .endsWith("0 of ?");
    }

    @Test
    void runOfYearsHasAnEtaInDays() {
        Snapshot now = snapshot(Duration.ofDays(1), progress(100_000, 0, 1000, 0), 0);
        assertThat(new BarLine(now, now, Waits.STORE).text(200, false)).contains("ETA 99d 00h");
        Snapshot endless = snapshot(Duration.ofDays(1), progress(Long.MAX_VALUE / 2, 0, 1, 0), 0);
        assertThat(new BarLine(endless, endless, Waits.STORE).text(200, false)).contains("ETA > 999d");
        // the block gives a date, which must exist
        assertThat(StatusText.progress(endless, endless, Duration.ofSeconds(1))).contains("ETA: ");
    }

    @Property(tries = 300)
    void noLineIsWiderThanTheTerminal(
            @ForAll @IntRange(min = 1, max = 250) int columns,
            @ForAll boolean unicode,
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 4) long rows,
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 4) long migrated,
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 4) long failed,
            @ForAll @LongRange(min = 0, max = 100_000_000) long seconds,
            @ForAll Waits waits) {
        Snapshot before = snapshot(Duration.ZERO, progress(rows, 0, 0, 0), 0);
        Snapshot now = snapshot(Duration.ofSeconds(seconds), progress(rows, 0, migrated, failed), failed);
        String text = new BarLine(now, before, waits).text(columns, unicode);
        assertThat(Columns.of(text)).isLessThanOrEqualTo(columns);
        assertThat(text).doesNotContain("\n");
        if (!unicode) {
            assertThat(text).matches("[ -~]*");
        }
    }

    @Test
    void everyKindOfWaitingFitsEightyColumnsBesideEtaAndFailures() {
        for (Waits waits : Waits.values()) {
            Snapshot now = snapshot(Duration.ofDays(1), progress(100_000_000, 0, 1_000_000, 6000), 6000);
            assertThat(new BarLine(now, now, waits).text(80, false))
                    .contains("% ", "ETA 98d 23h", "waits for " + waits.label(), "6000 failed");
        }
    }
}
