package ch.tocco.lomigrate.committer;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lifecycle.RunAborted;
import org.junit.jupiter.api.Test;

/** Only different rows in a row that fail alike end the run. */
final class FailureStreakTest {
    private final FailureStreak streak = new FailureStreak();

    private void fail(int from, int to, String why) {
        for (int i = from; i <= to; i++) {
            streak.failed("row " + i, why, "words about " + i);
        }
    }

    @Test
    void hundredthRowEndsTheRunForAllCommitters() {
        fail(1, 99, "23514");
        assertThatCode(streak::check).doesNotThrowAnyException();
        assertThatThrownBy(() -> fail(100, 100, "23514"))
                .isInstanceOf(RunAborted.class)
                .hasMessageContainingAll("100 rows one after another failed alike", "words about 100");
        streak.broken();
        assertThatThrownBy(streak::check).isInstanceOf(RunAborted.class);
        assertThatThrownBy(() -> fail(101, 101, "other")).isInstanceOf(RunAborted.class);
    }

    @Test
    void commitBetweenBeginsAnew() {
        fail(1, 99, "23514");
        streak.broken();
        fail(100, 198, "23514");
        assertThatThrownBy(() -> fail(199, 199, "23514")).isInstanceOf(RunAborted.class);
    }

    @Test
    void otherReasonBeginsAnew() {
        fail(1, 99, "23514");
        fail(100, 198, "P0001");
        assertThatThrownBy(() -> fail(199, 199, "P0001")).isInstanceOf(RunAborted.class);
    }

    @Test
    void sameRowCountsOnce() {
        for (int i = 0; i < 200; i++) {
            fail(1, 1, "23514");
        }
        fail(2, 99, "23514");
        assertThatThrownBy(() -> fail(100, 100, "23514")).isInstanceOf(RunAborted.class);
    }
}
