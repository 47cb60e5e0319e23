package ch.tocco.lomigrate.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The grace begins when the run ends, not before. */
@Timeout(60)
final class StopGraceTest {
    private final RunControl control = new RunControl();

    @Test
    void isNeverOverWhileTheRunGoesOn() throws InterruptedException {
        StopGrace grace = new StopGrace(control, Duration.ZERO);
        Thread.sleep(20);
        assertThat(grace.ended()).isFalse();
    }

    @Test
    void noGraceIsOverAtOnce() {
        StopGrace grace = new StopGrace(control, Duration.ZERO);
        control.stop();
        assertThat(grace.ended()).isTrue();
    }

    @Test
    void lastsForItsTimeAfterTheEnd() throws InterruptedException {
        StopGrace grace = new StopGrace(control, Duration.ofMillis(200));
        Thread.sleep(250);
        long before = System.nanoTime();
        control.abort(new RunAborted(RunAborted.Kind.FAULT, "bucket gone", null));
        while (!grace.ended()) {
            Thread.sleep(5);
        }
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(200_000_000);
    }

    @Test
    void longGraceIsNotOverSoon() {
        StopGrace grace = new StopGrace(control, Duration.ofHours(1));
        control.stop();
        assertThat(grace.ended()).isFalse();
    }

    @Test
    void graceMadeAfterTheEndBeginsAtOnce() {
        control.stop();
        assertThat(new StopGrace(control, Duration.ZERO).ended()).isTrue();
    }
}
