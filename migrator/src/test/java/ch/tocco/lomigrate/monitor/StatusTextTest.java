package ch.tocco.lomigrate.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Counters.Totals;
import ch.tocco.lomigrate.books.Progress;
import ch.tocco.lomigrate.lo.FailureReason;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The display to the character: its lines are those that users of the predecessor know, and some more. */
final class StatusTextTest {
    private static final LocalDateTime TIME = LocalDateTime.of(2017, 3, 10, 10, 10, 53);
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private static final Snapshot START = snapshot(Duration.ZERO, null, 0, 0, 0, 0);

    @Test
    void progressHasTheLinesOfThePredecessor() {
        Snapshot before = new Snapshot(
                TIME.minusSeconds(10),
                Duration.ofSeconds(10),
                progress(null, 102, 0),
                stages(825, 132, 121, 102, 1_000_000),
                List.of(
                        new Snapshot.Ring("receive queue", 3957, 8192),
                        new Snapshot.Ring("store queue", 171, 1024),
                        new Snapshot.Ring("commit queue", 0, 8192)),
                budgets(),
                Map.of(),
                0,
                0,
                List.of(),
                Snapshot.Held.NOT);
        Snapshot now = new Snapshot(
                TIME,
                Duration.ofSeconds(20),
                progress(new Totals(22_618_378, 0), 1200, 8552),
                stages(9752, 1558, 1432, 1200, 3_500_000),
                List.of(
                        new Snapshot.Ring("receive queue", 8192, 8192),
                        new Snapshot.Ring("store queue", 121, 1024),
                        new Snapshot.Ring("commit queue", 32, 8192)),
                budgets(),
                Map.of(),
                0,
                0,
                List.of(),
                Snapshot.Held.NOT);
        assertThat(StatusText.progress(now, before, INTERVAL)).isEqualTo("""
                            Status at 2017-03-10 10:10:53 (updated every: 10s), ETA: UNKNOWN

                        Progress Overview:
                            0.00%, 1200 of 22618378 object have been migrated

                        Processed Objects by Thread Pools:
                            observer thread   - processed:    9752, current speed:   892.7 Lo/s, average speed:   487.6 Lo/s,     0.3 MB/s, average     0.2 MB/s
                            receiver threads  - processed:    1558, current speed:   142.6 Lo/s, average speed:    77.9 Lo/s,     0.3 MB/s, average     0.2 MB/s
                            storer threads    - processed:    1432, current speed:   131.1 Lo/s, average speed:    71.6 Lo/s,     0.3 MB/s, average     0.2 MB/s
                            committer threads - processed:    1200, current speed:   109.8 Lo/s, average speed:    60.0 Lo/s,     0.3 MB/s, average     0.2 MB/s

                        Queue Usage:
                            receive queue     - used   8192 of   8192, 100.00% full, changed by:  +4235
                            store queue       - used    121 of   1024,  11.82% full, changed by:    -50
                            commit queue      - used     32 of   8192,   0.39% full, changed by:    +32

                        Budget Usage:
                            objects in memory - used      1.5 of     64.0 MiB,   2.34% full

                        FAILED OBJECTS: 0
                        """);
    }

    @Test
    void finalStatsSayHowLongItTookAndWhatWasLost() {
        Snapshot now = new Snapshot(
                TIME,
                Duration.ofSeconds(3600 + 4 * 60 + 40),
                new Progress(new Totals(12, 1), 5, 0, 3, 2, 1),
                stages(9, 6, 6, 5, 0),
                List.of(),
                List.of(),
                new TreeMap<>(Map.of(FailureReason.MISSING, 2L, FailureReason.HASH_MISMATCH, 1L)),
                1,
                2,
                List.of(),
                Snapshot.Held.NOT);
        String text = StatusText.finalStats(now, START, Optional.empty());
        assertThat(text)
                .startsWith("    Status at 2017-03-10 10:10:53 (final stats), run took: 1h 04m 40s\n\n")
                .contains("\n    50.00%, 6 of 12 object have been migrated\n")
                .endsWith("""

                        FAILED OBJECTS: 3
                            MISSING           - 2 (large object does not exist)
                            HASH_MISMATCH     - 1 (SHA-1 differs from the row's hash)

                        VANISHED ROWS: 1 (deleted or re-pointed since they were listed)

                        LISTED BUT NOT DONE: 2 (the next run takes them, with all that is pending)
                        """);
    }

    @Test
    void nothingIsKnownBeforeTheTableWasCounted() {
        Snapshot now = snapshot(Duration.ofHours(1), null, 500, 0, 0, 0);
        assertThat(StatusText.progress(now, START, INTERVAL))
                .contains("(updated every: 10s), ETA: UNKNOWN\n")
                .contains("\n    UNKNOWN, 500 of UNKNOWN object have been migrated\n");
    }

    @Test
    void serversThatAreAwayAreNamedBelowTheHeadline() {
        Snapshot now = snapshot(Duration.ofSeconds(10), null, 1, 0, 0, 0, "waiting for the store since 7 s: 503");
        assertThat(StatusText.progress(now, START, INTERVAL).lines().toList().get(1))
                .isEqualTo("    waiting for the store since 7 s: 503");
    }

    /** 1000 of 10000 in 431.1 s leaves 3880 s. */
    @Test
    void etaIsATimeAndADuration() {
        Snapshot now = snapshot(Duration.ofMillis(431_111), new Totals(10_000, 0), 1_000, 0, 0, 0);
        assertThat(StatusText.progress(now, START, INTERVAL)).contains(", ETA: 2017-03-10 11:15:33 (1h 04m 40s)\n");
    }

    @Test
    void etaCountsOnlyWhatThisRunHasToDo() {
        Snapshot now = snapshot(Duration.ofSeconds(100), new Totals(1_000_000, 999_000), 500, 0, 0, 0);
        assertThat(StatusText.progress(now, START, INTERVAL))
                .contains("(0h 01m 40s)\n")
                .contains("    99.95%, 999500 of 1000000 object");
    }

    @Test
    void etaDoesNotWaitForWhatHasFailed() {
        Snapshot now = snapshot(Duration.ofSeconds(100), new Totals(1_000, 0), 500, 300, 0, 0);
        assertThat(StatusText.progress(now, START, INTERVAL)).contains("(0h 00m 40s)\n");
    }

    /** A hundredth is done, or a minute has gone by; and at least something is done. */
    @ParameterizedTest
    @CsvSource({"99, 59, false", "100, 59, true", "99, 60, true", "0, 6000, false"})
    void etaAppearsOnceItMeansSomething(long done, long seconds, boolean shown) {
        Snapshot now = snapshot(Duration.ofSeconds(seconds), new Totals(10_000, 0), done, 0, 0, 0);
        String text = StatusText.progress(now, START, INTERVAL);
        assertThat(text.contains("ETA: UNKNOWN")).isNotEqualTo(shown);
        assertThat(text.contains("ETA: 2017-")).isEqualTo(shown);
    }

    @Test
    void etaOfADoneRunIsNow() {
        Snapshot now = snapshot(Duration.ofSeconds(100), new Totals(10, 0), 10, 0, 0, 0);
        assertThat(StatusText.progress(now, START, INTERVAL)).contains("ETA: 2017-03-10 10:10:53 (0h 00m 00s)\n");
    }

    /** A float holds no more than 16.7 million exactly. */
    @Test
    void largeNumbersAreExact() {
        Snapshot now = snapshot(Duration.ofSeconds(1_000), new Totals(33_554_435, 1), 16_777_217, 0, 0, 0);
        assertThat(StatusText.progress(now, START, INTERVAL))
                .contains("    50.00%, 16777218 of 33554435 object have been migrated\n")
                .contains("committer threads - processed: 16777217, current speed: 16777.2 Lo/s")
                .contains("(0h 16m 40s)\n");
    }

    @ParameterizedTest
    @CsvSource({
        "22618377, 22618378, 99.99",
        "999999999999, 1000000000000, 99.99",
        "22618378, 22618378, 100.00",
        "1, 3, 33.33",
        "2, 3, 66.66",
        "29, 100, 29.00",
        "5801, 10000, 58.01",
        "1, 1000000, 0.00",
        "0, 0, 100.00"
    })
    void percentIsRoundedDownSoThat100MeansAll(long done, long rows, String percent) {
        Snapshot now = snapshot(Duration.ofSeconds(10), new Totals(rows, 0), done, 0, 0, 0);
        assertThat(StatusText.finalStats(now, START, Optional.empty()))
                .contains("\n    " + percent + "%, " + done + " of " + rows + " object have been migrated\n");
    }

    /** Rows that arrived after the count were migrated too. */
    @Test
    void rowsBeyondThoseThatWereCountedBelongToAll() {
        Snapshot now = snapshot(Duration.ofSeconds(10), new Totals(10, 5), 7, 0, 0, 0);
        assertThat(StatusText.progress(now, START, INTERVAL))
                .contains("    100.00%, 12 of 12 object have been migrated\n")
                .contains("(0h 00m 00s)\n");
    }

    /** However fast it goes, and though more are done than were counted. */
    @Test
    void displayNeverSaysAllOrNowWhileSomethingIsUnderWay() {
        Snapshot now = new Snapshot(
                TIME,
                Duration.ofSeconds(10),
                progress(new Totals(10, 5), 70_000, 1),
                stages(70_001, 70_001, 70_001, 70_000, 0),
                List.of(),
                List.of(),
                Map.of(),
                0,
                0,
                List.of(),
                Snapshot.Held.NOT);
        assertThat(StatusText.progress(now, START, INTERVAL))
                .contains("    99.99%, 70005 of 70006 object have been migrated\n")
                .contains("ETA: 2017-03-10 10:10:54 (0h 00m 01s)\n");
    }

    @Test
    void firstMomentOfARunIsShownToo() {
        Snapshot now = snapshot(Duration.ZERO, new Totals(10, 0), 1, 0, 0, 0);
        assertThat(StatusText.progress(now, START, INTERVAL))
                .contains("ETA: UNKNOWN\n")
                .contains("current speed:     0.0 Lo/s");
    }

    private static Snapshot snapshot(
            Duration elapsed,
            Totals totals,
            long migrated,
            long failed,
            long vanished,
            long discarded,
            String... waiting) {
        return new Snapshot(
                TIME,
                elapsed,
                new Progress(totals, migrated, 0, failed, discarded, vanished),
                stages(migrated, migrated, migrated, migrated, 0),
                List.of(),
                List.of(),
                failed == 0 ? Map.of() : Map.of(FailureReason.MISSING, failed),
                vanished,
                discarded,
                List.of(waiting),
                Snapshot.Held.NOT);
    }

    private static Progress progress(Totals totals, long migrated, long underWay) {
        return new Progress(totals, migrated, underWay, 0, 0, 0);
    }

    private static List<Snapshot.Stage> stages(long observed, long received, long stored, long committed, long bytes) {
        return List.of(
                new Snapshot.Stage("observer thread", observed, bytes),
                new Snapshot.Stage("receiver threads", received, bytes),
                new Snapshot.Stage("storer threads", stored, bytes),
                new Snapshot.Stage("committer threads", committed, bytes));
    }

    private static List<Snapshot.Budget> budgets() {
        return List.of(new Snapshot.Budget("objects in memory", 3 << 19, 64 << 20));
    }
}
