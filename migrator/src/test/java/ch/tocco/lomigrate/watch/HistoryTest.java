package ch.tocco.lomigrate.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** However long a run lasts, its history has at most 2,000 points, equally far apart, from its beginning on. */
final class HistoryTest {
    private final History history = new History();

    private void add(int from, int to) {
        for (int i = from; i < to; i++) {
            history.add(new long[] {i});
        }
    }

    @Test
    void keepsAllPointsOfAShortRun() {
        add(0, 2000);
        assertThat(history.points()).hasSize(2000);
    }

    @Test
    void longRunsHaveFewerPointsThatAreEquallyFarApart() {
        add(0, 100_000);
        List<long[]> points = history.points();
        assertThat(points).hasSizeBetween(1000, 2000);
        long gap = points.get(1)[0] - points.get(0)[0];
        assertThat(gap).isGreaterThan(1);
        for (int i = 0; i < points.size(); i++) {
            assertThat(points.get(i)[0]).isEqualTo(i * gap);
        }
        assertThat(points.get(points.size() - 1)[0]).isGreaterThan(100_000 - 2 * gap);
    }
}
