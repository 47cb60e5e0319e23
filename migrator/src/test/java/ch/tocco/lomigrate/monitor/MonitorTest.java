package ch.tocco.lomigrate.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.monitor.Gauges.Labelled;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.EndWhen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The monitor's thread reads the gauges at every interval, and once more at the end. */
@Timeout(60)
final class MonitorTest {
    private final Counters counters = new Counters();
    private final ByteBudget budget = new ByteBudget(4 << 20, () -> false);
    private final RunControl control = new RunControl();
    private final Breaker breaker = new Breaker("the store", Duration.ofHours(1), control);
    private final Gauges gauges = new Gauges(
            counters,
            List.of(new Labelled<>("store queue", new LoRing("storer", 8, new EndWhen(() -> true)))),
            List.of(new Labelled<>("objects in memory", budget)),
            List.of(breaker),
            control.gate());
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final Display display = Display.plain(new PrintStream(screen, true, UTF_8));

    @Test
    @SuppressWarnings("try") // the monitor only runs
    void monitorShowsAtEveryIntervalAndOnceAtTheEnd() throws Exception {
        try (Monitor unused = Monitor.start(gauges, display, new Interval(Duration.ofMillis(20)))) {
            Await.until(Duration.ofSeconds(30), "three blocks", () -> blocks("updated every") >= 3);
        }
        long shown = blocks("updated every");
        Await.stays(Duration.ofMillis(200), "the thread has ended", () -> blocks("updated every") == shown);
        assertThat(blocks("(final stats)")).isEqualTo(1);
    }

    @Test
    @SuppressWarnings("try") // the monitor only runs
    void intervalThatBecomesShorterCountsAtOnce() throws Exception {
        var interval = new Interval(Duration.ofHours(1));
        try (Monitor monitor = Monitor.start(gauges, display, interval)) {
            assertThat(monitor.status()).contains("(updated every: 3600s)");
            interval.change(Duration.ofMillis(20));
            Await.until(Duration.ofSeconds(30), "three blocks", () -> blocks("updated every: 0s") >= 3);
        }
    }

    @Test
    void finalStatsHaveTheLastNumbers() throws InterruptedException {
        Monitor monitor = Monitor.start(gauges, display, new Interval(Duration.ofHours(1)));
        counters.observed().done(5);
        counters.committed().done(5);
        counters.counted(new Counters.Totals(2, 1));
        assertThat(budget.take(1 << 20)).isTrue();
        breaker.failed("503");
        while (!breaker.tryTurn()) {
            Thread.sleep(5);
        }
        breaker.failed("503 again");
        monitor.close();
        assertThat(screen.toString(UTF_8))
                .contains("    100.00%, 2 of 2 object have been migrated\n")
                .contains("    observer thread   - processed:       1,")
                .contains("    receiver threads  - processed:       0,")
                .contains("    committer threads - processed:       1,")
                .contains("    store queue       - used      0 of      8,   0.00% full, changed by:     +0\n")
                .contains("    objects in memory - used      1.0 of      4.0 MiB,  25.00% full\n")
                .contains("    waiting for the store since ")
                .endsWith("FAILED OBJECTS: 0\n");
    }

    @Test
    void closingIsNotCutShortByAnInterruptButKeepsIt() {
        Monitor monitor = Monitor.start(gauges, display, new Interval(Duration.ofHours(1)));
        Thread.currentThread().interrupt();
        monitor.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(blocks("(final stats)")).isEqualTo(1);
    }

    private long blocks(String headline) {
        return screen.toString(UTF_8)
                .lines()
                .filter(line -> line.contains(headline))
                .count();
    }
}
