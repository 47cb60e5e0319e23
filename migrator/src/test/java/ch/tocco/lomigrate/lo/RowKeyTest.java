package ch.tocco.lomigrate.lo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RowKeyTest {
    private static RowKey key(String values) {
        return new RowKey(List.of(values.split("/", -1)));
    }

    @ParameterizedTest
    @CsvSource({"a, b", "a/z, b/a", "a/a, a/b", "a, a/a", "10, 9"})
    void allAgreeOnOneOrder(String smaller, String larger) {
        assertThat(key(smaller)).isLessThan(key(larger)).isEqualByComparingTo(key(smaller));
        assertThat(key(larger)).isGreaterThan(key(smaller));
    }

    @Test
    void equalValuesAreOneKey() {
        assertThat(key("a/b")).isEqualTo(key("a/b")).isNotEqualTo(key("a"));
        assertThat(key("a/b").text()).isEqualTo("a, b");
    }

    @Test
    void keyWithoutAColumnIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RowKey(List.of()));
    }
}
