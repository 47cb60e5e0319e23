package ch.tocco.lomigrate.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.pacing.DailyWindow;
import ch.tocco.lomigrate.pacing.Limits;
import ch.tocco.lomigrate.pacing.ThrottleConfig;
import ch.tocco.lomigrate.pacing.Timetable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the clock and a file say opens and closes the gate, by a clock of the test's own. */
final class ThrottleTest {
    private static final ZoneId ZURICH = ZoneId.of("Europe/Zurich");

    @TempDir
    private Path directory;

    private final RunControl control = new RunControl();
    private ZonedDateTime now = ZonedDateTime.of(2026, 11, 26, 21, 59, 59, 0, ZURICH);

    private Throttle throttle(
            Optional<Timetable> bandwidth, Optional<Path> pauseFile, Optional<DailyWindow> window, Limits limits) {
        var config = new ThrottleConfig(
                OptionalInt.empty(),
                bandwidth,
                pauseFile,
                window,
                Optional.empty(),
                List.of(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                limits);
        return Throttle.byHand(config, control, () -> now);
    }

    private boolean isOpen() {
        return control.gate().waiting().isEmpty();
    }

    @Test
    void windowClosesOutsideAndOpensAtOnceOnEveryDay() {
        var window = new DailyWindow(LocalTime.of(22, 0), LocalTime.of(6, 0));
        Throttle throttle = throttle(Optional.empty(), Optional.empty(), Optional.of(window), Limits.NONE);
        for (int day = 0; day < 3; day++) {
            throttle.look();
            assertThat(control.gate().waiting())
                    .hasValueSatisfying(
                            words -> assertThat(words).endsWith("outside of --window 22:00-06:00, until 22:00"));
            now = now.plusSeconds(1);
            throttle.look();
            assertThat(isOpen()).as("%s", now).isTrue();
            now = now.plusHours(8).minusSeconds(1);
            throttle.look();
            assertThat(isOpen()).as("%s", now).isTrue();
            now = now.plusSeconds(1);
            throttle.look();
            assertThat(isOpen()).as("%s", now).isFalse();
            now = now.plusHours(16).minusSeconds(1);
        }
    }

    @Test
    void pauseFileClosesWhileItExists() throws Exception {
        Path file = directory.resolve("pause");
        Throttle throttle = throttle(Optional.empty(), Optional.of(file), Optional.empty(), Limits.NONE);
        throttle.look();
        assertThat(isOpen()).isTrue();
        Files.createFile(file);
        throttle.look();
        assertThat(control.gate().waiting())
                .hasValueSatisfying(words -> assertThat(words).endsWith("the file " + file + " exists (--pause-file)"));
        Files.delete(file);
        throttle.look();
        assertThat(isOpen()).isTrue();
    }

    @Test
    void timetableSetsThePaceOnTheSecondDayToo() throws Exception {
        var timetable = new Timetable(List.of(
                new Timetable.Entry(Optional.empty(), LocalTime.of(8, 0), 1),
                new Timetable.Entry(Optional.empty(), LocalTime.of(18, 0), Timetable.UNLIMITED)));
        Throttle throttle = throttle(Optional.of(timetable), Optional.empty(), Optional.empty(), Limits.NONE);
        for (int day = 0; day < 2; day++) {
            throttle.look(); // in the evening
            assertThat(control.gate().mayPut(1 << 30)).isTrue();
            assertThat(control.gate().mayPut(1 << 30)).as("no limit").isTrue();
            now = now.plusHours(11);
            throttle.look();
            assertThat(control.gate().mayPut(1 << 30))
                    .as("the first begins, and is owed")
                    .isTrue();
            Thread next = new Thread(() -> {
                try {
                    control.gate().awaitPart(1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            next.start();
            next.join(200);
            assertThat(next.isAlive()).as("the next one waits").isTrue();
            now = now.plusHours(13);
            throttle.look();
            next.join();
        }
    }

    @Test
    void runEndsAfterItsLongestTime() {
        var limits =
                new Limits(Optional.of(Duration.ZERO), OptionalLong.empty(), OptionalLong.empty(), Optional.empty());
        throttle(Optional.empty(), Optional.empty(), Optional.empty(), limits).look();
        assertThat(control.limited()).isTrue();
    }
}
