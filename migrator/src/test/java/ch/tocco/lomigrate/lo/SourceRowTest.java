package ch.tocco.lomigrate.lo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A listed row holds only values that can be true. */
final class SourceRowTest {
    private static final String HASH = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

    @ParameterizedTest
    @CsvSource({"0, 1", "0, 4294967295", "9223372036854775807, 1"})
    void valuesThatCanBeTrueAreTaken(long size, long oid) {
        SourceRow row = Rows.of(HASH, size, null, oid);
        assertThat(row.size()).isEqualTo(size);
        assertThat(row.oid()).isEqualTo(oid);
        assertThat(row.mimeType()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 0", "0, -1", "0, 4294967296"})
    void impossibleValuesAreNamed(long size, long oid) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rows.of(HASH, size, null, oid))
                .withMessageContaining(Long.toString(size))
                .withMessageContaining(Long.toString(oid));
    }

    @Test
    void keyIsKeptAsListedAndNeverNull() {
        assertThat(Rows.of(HASH.toUpperCase(Locale.ROOT), 0, null, 1).key().text())
                .isEqualTo("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709");
        assertThatNullPointerException().isThrownBy(() -> new SourceRow(null, Optional.empty(), 0, null, 1));
    }
}
