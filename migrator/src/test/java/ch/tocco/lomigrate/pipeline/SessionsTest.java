package ch.tocco.lomigrate.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.RunControl;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long what is stored may still be committed. */
final class SessionsTest {
    private final RunControl control = new RunControl();

    @Test
    void commitsHaveSomeTimeAfterAStopThatGivesPutsNone() {
        var toCommit = Sessions.toCommit(control, Duration.ZERO);
        control.stop();
        assertThat(toCommit.ended()).isFalse();
    }
}
