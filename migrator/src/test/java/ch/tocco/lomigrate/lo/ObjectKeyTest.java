package ch.tocco.lomigrate.lo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ObjectKeyTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b c", "...", "a..b/.c", "\u00fc", "//"})
    void safeKeysAreTaken(String text) {
        assertThat(new ObjectKey(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/../b", "./a", "a/.", "a\nb", "a\u0000", "\u0085"})
    void keysThatAreNotSafeAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ObjectKey(text));
    }

    @Test
    void lengthIsThatOfItsBytes() {
        assertThat(new ObjectKey("\u00fc".repeat(512)).text()).hasSize(512);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ObjectKey("\u00fc".repeat(512) + "a"))
                .withMessageContaining("1025");
    }
}
