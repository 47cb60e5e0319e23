package ch.tocco.lomigrate.books;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Background;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What was put in is found, nothing else is, and a million fit beside all that a run needs. */
@Timeout(120)
final class FailedRowsTest {
    private static final int MILLION = 1_000_000;

    private static String identity(int row) {
        return String.format("%040x", row * 31L) + '/' + row;
    }

    @Test
    void knowsWhatWasAddedAndNothingElse() {
        var rows = new FailedRows(MILLION);
        assertThat(rows.isEmpty()).isTrue();
        for (int row = 0; row < 20_000; row += 2) {
            assertThat(rows.add(identity(row))).isTrue();
        }
        assertThat(rows.isEmpty()).isFalse();
        for (int row = 0; row < 20_000; row++) {
            assertThat(rows.contains(identity(row))).as(identity(row)).isEqualTo(row % 2 == 0);
        }
    }

    @Test
    void takesNoMoreThanItsLimitAndKnowsThoseThatItHas() {
        var rows = new FailedRows(2);
        assertThat(rows.add("a/1")).isTrue();
        assertThat(rows.add("b/2")).isTrue();
        assertThat(rows.add("a/1")).as("again").isTrue();
        assertThat(rows.add("c/3")).isFalse();
        assertThat(rows.contains("c/3")).isFalse();
        assertThat(rows.contains("b/2")).isTrue();
    }

    @Test
    void aMillionTakeAnEighthOfTheDefaultHeap() {
        var rows = new FailedRows(MILLION);
        for (int row = 0; row < MILLION; row++) {
            assertThat(rows.add(identity(row))).isTrue();
        }
        assertThat(rows.bytes()).isLessThanOrEqualTo(32L << 20);
        for (int row = 0; row < MILLION; row += 101) {
            assertThat(rows.contains(identity(row))).isTrue();
        }
    }

    @Test
    void threadsMayAddAndAskAtOnce() {
        var rows = new FailedRows(MILLION);
        List<CompletableFuture<Void>> adding = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            int first = thread;
            adding.add(Background.run(() -> {
                for (int row = first; row < 40_000; row += 4) {
                    rows.add(identity(row));
                    assertThat(rows.contains(identity(row))).isTrue();
                }
            }));
        }
        adding.forEach(CompletableFuture::join);
        for (int row = 0; row < 40_000; row++) {
            assertThat(rows.contains(identity(row))).isTrue();
        }
    }
}
