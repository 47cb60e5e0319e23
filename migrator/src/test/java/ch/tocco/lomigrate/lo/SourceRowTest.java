package ch.tocco.lomigrate.lo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import ch.tocco.lomigrate.lo.RowContent.LargeObject;
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
        assertThat(row.size()).isEqualTo(Size.declared(size));
        assertThat(Rows.oid(row)).isEqualTo(oid);
        assertThat(row.mimeType()).isNull();
    }

    @Test
    void impossibleValuesAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rows.of(HASH, -1, null, 1))
                .withMessageContaining("-1");
        for (long oid : new long[] {0, -1, LargeObject.MAX_OID + 1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Rows.of(HASH, 0, null, oid))
                    .withMessageContaining(Long.toString(oid));
        }
    }

    /** Committers lock rows in this order: by key, then by content. */
    @Test
    void identitiesAreInOneOrder() {
        assertThat(Rows.of("a", 0, null, 9).identity())
                .isLessThan(Rows.of("b", 0, null, 1).identity())
                .isLessThan(Rows.of("a", 7, null, 10).identity())
                .isEqualByComparingTo(Rows.of("a", 3, null, 9).identity());
    }

    @Test
    void keyIsKeptAsListedAndNeverNull() {
        assertThat(Rows.of(HASH.toUpperCase(Locale.ROOT), 0, null, 1).key().text())
                .isEqualTo("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709");
        assertThatNullPointerException()
                .isThrownBy(() -> new SourceRow(null, Optional.empty(), Size.UNKNOWN, null, new LargeObject(1)));
    }
}
