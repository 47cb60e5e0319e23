package ch.tocco.lomigrate.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.Gate.PutRate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The average holds whatever the size of a body, on a clock of the test's own. */
final class PutRateTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private long now = 1234;

    /** How long it takes to begin so many PUTs, each as soon as it may. */
    private double seconds(PutRate rate, int puts, long bytes) {
        long begun = now;
        for (int i = 0; i < puts; i++) {
            now += Math.max(0, rate.waitNanos(now));
            rate.begun(1, bytes, now);
        }
        now += Math.max(0, rate.waitNanos(now));
        return (now - begun) / (double) SECOND;
    }

    @Test
    void boundsNothingUnlessTold() {
        PutRate rate = new PutRate(Double.POSITIVE_INFINITY, now);
        assertThat(rate.bounds()).isFalse();
        assertThat(seconds(rate, 1000, 1 << 30)).isZero();
    }

    @Test
    void putsOfASecondAreBounded() {
        PutRate rate = new PutRate(50, now);
        assertThat(rate.bounds()).isTrue();
        assertThat(seconds(rate, 500, 1 << 30)).isBetween(9.8, 10.1);
    }

    @Test
    void bytesOfASecondAreBoundedForSmallBodiesAndForLargeOnes() {
        for (int bytes : new int[] {1, 999, 1 << 20, 1 << 30}) {
            PutRate rate = new PutRate(Double.POSITIVE_INFINITY, now);
            rate.bytesPerSecond(1_000_000, now);
            int puts = Math.max(3, 10_000_000 / bytes);
            assertThat(seconds(rate, puts, bytes))
                    .as("%d bodies of %d bytes", puts, bytes)
                    .isBetween(puts * (double) bytes / 1e6 - 0.2, puts * (double) bytes / 1e6 + 0.1);
        }
    }

    @Test
    void noMoreThanATenthOfASecondIsSavedUp() {
        PutRate rate = new PutRate(100, now);
        now += 3600 * SECOND;
        int atOnce = 0;
        while (rate.waitNanos(now) <= 0) {
            rate.begun(1, 0, now);
            atOnce++;
        }
        assertThat(atOnce).isBetween(10, 11);
    }

    @Test
    void whatIsOwedIsPaidOffAtTheNewRate() {
        PutRate rate = new PutRate(Double.POSITIVE_INFINITY, now);
        rate.bytesPerSecond(1000, now);
        rate.begun(1, 100_000, now);
        assertThat(rate.waitNanos(now)).isEqualTo(100 * SECOND);
        rate.bytesPerSecond(10_000, now);
        assertThat(rate.waitNanos(now)).isBetween(10 * SECOND - 1000, 10 * SECOND + 1000);
        rate.bytesPerSecond(Double.POSITIVE_INFINITY, now);
        assertThat(rate.waitNanos(now)).isZero();
        rate.bytesPerSecond(1000, now);
        assertThat(rate.waitNanos(now)).as("an unlimited hour owes nothing").isZero();
    }
}
