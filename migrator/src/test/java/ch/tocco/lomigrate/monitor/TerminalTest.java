package ch.tocco.lomigrate.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The size of the terminal is asked for only when it may have changed. */
final class TerminalTest {
    @Test
    void sizeIsAskedForOnceAfterEachChange() {
        AtomicInteger asked = new AtomicInteger();
        Terminal terminal = new Terminal(
                new Terminal.Size(24, 80),
                true,
                () -> Optional.of(new Terminal.Size(50, 100 + asked.incrementAndGet())));
        assertThat(terminal.size()).isEqualTo(new Terminal.Size(24, 80));
        terminal.changed();
        terminal.changed();
        assertThat(terminal.size()).isEqualTo(new Terminal.Size(50, 101));
        assertThat(terminal.size()).isEqualTo(new Terminal.Size(50, 101));
        assertThat(asked).hasValue(1);
    }

    @Test
    void sizeThatCannotBeAskedForStays() {
        Terminal terminal = new Terminal(new Terminal.Size(24, 80), true, Optional::empty);
        terminal.changed();
        assertThat(terminal.size()).isEqualTo(new Terminal.Size(24, 80));
    }

    @Test
    void twoNumbersAreASize() {
        assertThat(Terminal.Size.of("24 80\n")).contains(new Terminal.Size(24, 80));
        assertThat(Terminal.Size.of("36x142")).contains(new Terminal.Size(36, 142));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0 0", "24", "24x", "0x80", "999999 80", "stty: not a tty"})
    void anythingElseIsNone(String text) {
        assertThat(Terminal.Size.of(text)).isEmpty();
    }
}
