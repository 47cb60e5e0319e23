package ch.tocco.lomigrate.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Waits end with what was awaited, and fail naming it. */
final class AwaitTest {
    private static final Duration SHORT = Duration.ofMillis(100);
    private final AtomicInteger looks = new AtomicInteger();

    @Test
    void returnsAsSoonAsTheConditionHolds() throws Exception {
        Await.until(Duration.ofMinutes(10), "third look", () -> looks.incrementAndGet() == 3);
    }

    @Test
    void failsWhenTheConditionNeverHolds() {
        assertThatThrownBy(() -> Await.until(SHORT, "never", () -> false))
                .isInstanceOf(AssertionError.class)
                .hasMessageEndingWith("never");
    }

    @Test
    void returnsWhenTheConditionHeldAllTheTime() throws Exception {
        Await.stays(SHORT, "always", () -> true);
    }

    @Test
    void failsAsSoonAsTheConditionDoesNotHold() {
        assertThatThrownBy(() -> Await.stays(Duration.ofMinutes(10), "two looks", () -> looks.incrementAndGet() < 3))
                .isInstanceOf(AssertionError.class)
                .hasMessageEndingWith("two looks");
    }
}
