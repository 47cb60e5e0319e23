package ch.tocco.lomigrate.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A histogram puts each value into the bucket whose bound it does not exceed. */
final class HistogramTest {
    private final Histogram histogram = new Histogram(10, 20, 40);

    @Test
    void boundsBelongToTheirBuckets() {
        for (long value : new long[] {0, 10, 11, 20, 21, 40, 41, Long.MAX_VALUE / 2}) {
            histogram.observe(value);
        }
        assertThat(histogram.read().counts()).isEqualTo(List.of(2L, 2L, 2L, 2L));
        assertThat(histogram.read().bounds()).isEqualTo(List.of(10L, 20L, 40L));
        assertThat(histogram.read().count()).isEqualTo(8);
        assertThat(histogram.read().sum()).isEqualTo(143 + Long.MAX_VALUE / 2);
    }

    @Test
    void quantileLiesInTheBucketOfTheValueAtThatRank() {
        for (int value = 1; value <= 40; value++) {
            histogram.observe(value);
        }
        Histogram.Reading reading = histogram.read();
        assertThat(reading.quantile(0.25)).isCloseTo(10, within(0.001));
        assertThat(reading.quantile(0.5)).isCloseTo(20, within(0.001));
        assertThat(reading.quantile(0.75)).isCloseTo(30, within(0.001));
        assertThat(reading.quantile(1)).isCloseTo(40, within(0.001));
    }

    @Test
    void quantileOfWhatIsAboveAllBoundsIsTheLargestBound() {
        histogram.observe(1000);
        assertThat(histogram.read().quantile(0.5)).isEqualTo(40);
    }

    @Test
    void quantileOfNothingIsNothing() {
        assertThat(histogram.read().quantile(0.99)).isZero();
    }
}
