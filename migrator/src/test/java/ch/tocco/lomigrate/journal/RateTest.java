package ch.tocco.lomigrate.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The rate is that of the last minute, not that of the whole run. */
final class RateTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void minutesBeforeTheLastOneDoNotCount() {
        Rate rate = new Rate();
        long begun = System.nanoTime();
        double last = 0;
        for (int second = 10; second <= 300; second += 10) {
            long fast = Math.min(second, 150) * 100L;
            last = rate.of(fast + second, begun + second * SECOND);
        }
        assertThat(last).isCloseTo(1, within(0.1));
    }

    @Test
    void firstSecondsCountFromTheStart() {
        assertThat(new Rate().of(500, System.nanoTime() + 10 * SECOND)).isCloseTo(50, within(5.0));
    }
}
