package ch.tocco.lomigrate.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Above closes, three calm readings open, and what is not known closes. */
final class ThresholdTest {
    private final Threshold threshold = new Threshold(10, "--max-lag 10s");

    private static Reading lag(double value) {
        return Reading.of(value, value + " s behind");
    }

    private Optional<String> judge(Reading reading) {
        return threshold.of(reading, System.nanoTime());
    }

    @Test
    void firstReadingAtTheLimitIsAllRight() {
        assertThat(judge(lag(10))).isEmpty();
    }

    @Test
    void aboveTheLimitObjectsAndThreeCalmReadingsInARowEndThat() {
        assertThat(judge(lag(10.1))).contains("10.1 s behind, above --max-lag 10s");
        assertThat(judge(lag(8))).isPresent();
        assertThat(judge(lag(8))).isPresent();
        assertThat(judge(lag(8.1))).as("not calm: counting begins anew").isPresent();
        assertThat(judge(lag(7))).isPresent();
        assertThat(judge(lag(7)))
                .contains("7.0 s behind, goes on once it was three times at or below 80 % of --max-lag 10s");
        assertThat(judge(lag(7))).isEmpty();
        assertThat(judge(lag(10))).isEmpty();
    }

    @Test
    void readingThatIsSeenAgainCountsOnce() {
        assertThat(judge(lag(11))).isPresent();
        Reading calm = lag(1);
        for (int i = 0; i < 5; i++) {
            assertThat(judge(calm)).isPresent();
        }
    }

    @Test
    void nothingBeginsBeforeTheFirstReadingAndOneIsEnough() {
        assertThat(judge(Reading.NONE)).contains("the database was not asked yet");
        assertThat(judge(lag(9))).isEmpty();
    }

    @Test
    void unknownObjectsAndNeedsThreeCalmReadingsToo() {
        assertThat(judge(Reading.unknown("standby s1 is not connected")))
                .contains("standby s1 is not connected (--max-lag 10s)");
        assertThat(judge(lag(0))).isPresent();
        assertThat(judge(lag(0))).isPresent();
        assertThat(judge(lag(0))).isEmpty();
    }

    @Test
    void figureThatIsOlderThanTenSecondsIsUnknown() {
        Reading reading = lag(0);
        assertThat(threshold.of(
                        reading, reading.takenAt() + Duration.ofSeconds(9).toNanos()))
                .isEmpty();
        assertThat(threshold.of(
                        reading, reading.takenAt() + Duration.ofSeconds(12).toNanos()))
                .contains("no new figure for 12 s; the last one: 0.0 s behind (--max-lag 10s)");
    }

    @Test
    void anythingAboveZeroObjectsWhereTheLimitIsZero() {
        Threshold zero = new Threshold(0, "0");
        assertThat(zero.of(lag(0.001), 0)).isPresent();
        assertThat(zero.of(lag(0), 0)).isPresent();
        assertThat(zero.of(lag(-1), 0)).isPresent();
        assertThat(zero.of(lag(0), 0)).isEmpty();
    }

    @Test
    void criticalLoadEndsTheRunAtTheThirdReadingInARow() {
        RunControl control = new RunControl();
        CriticalLoad critical = new CriticalLoad(200, control);
        for (double load : new double[] {201, 300, 200, 201, 202}) {
            assertThat(critical.of(lag(load), System.nanoTime())).isEmpty();
        }
        assertThat(control.ended()).isFalse();
        critical.of(lag(203), System.nanoTime());
        assertThat(control.abortReason())
                .hasValueSatisfying(reason -> assertThat(reason.kind()).isEqualTo(RunAborted.Kind.OVERLOAD));
    }
}
