package ch.tocco.lomigrate.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Pauses are bounded, and drawn from the whole of their range. */
final class BackoffTest {
    @Test
    void growsToItsBoundWithFullJitter() {
        for (int failures = 1; failures <= 100; failures++) {
            long bound = Math.min(
                    Duration.ofSeconds(30).toNanos(), Duration.ofMillis(100).toNanos() << Math.min(failures - 1, 20));
            int n = failures;
            assertThat(LongStream.generate(() -> Backoff.nanos(n)).limit(100))
                    .allMatch(nanos -> nanos >= 1_000_000 && nanos < bound);
        }
        assertThat(LongStream.generate(() -> Backoff.nanos(20)).limit(1_000).summaryStatistics())
                .satisfies(spread -> {
                    assertThat(spread.getMin()).isLessThan(Duration.ofSeconds(5).toNanos());
                    assertThat(spread.getMax())
                            .isGreaterThan(Duration.ofSeconds(25).toNanos());
                });
    }
}
