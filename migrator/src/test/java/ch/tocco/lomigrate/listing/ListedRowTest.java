package ch.tocco.lomigrate.listing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.mapping.SourceMapping;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which rows may be true, and what is said of the others. */
final class ListedRowTest {
    private static final String HASH = "a9993e364706816aba3e25717850c26c9cd0d89d";

    @ParameterizedTest
    @CsvSource(
            nullValues = "NULL",
            value = {
                "a9993e364706816aba3e25717850c26c9cd0d89d, 0, 1",
                "A9993E364706816ABA3E25717850C26C9CD0D89D, 1, 16384",
                "a9993e364706816aba3e25717850c26c9cd0d89d, 4398046511104, 2147483648",
                "0000000000000000000000000000000000000000, 9223372036854775807, 4294967295",
            })
    void rowThatCanBeTrueIsPassedOnAsItIs(String hash, long size, long oid) {
        var listed = listed(hash, size, null, oid);
        assertThat(listed.malformed()).isEmpty();
        assertThat(listed.row()).isEqualTo(Rows.of(hash, size, null, oid));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "NULL",
            value = {
                "NULL, 1, 1, MALFORMED_HASH",
                "'', 1, 1, MALFORMED_HASH",
                "a9993e364706816aba3e25717850c26c9cd0d89, 1, 1, MALFORMED_HASH",
                "'a9993e364706816aba3e25717850c26c9cd0d89 ', 1, 1, MALFORMED_HASH",
                "a9993e364706816aba3e25717850c26c9cd0d89g, 1, 1, MALFORMED_HASH",
                "a9993e364706816aba3e25717850c26c9cd0d89d0, 1, 1, MALFORMED_HASH",
                "\uff119993e364706816aba3e25717850c26c9cd0d89d, 1, 1, MALFORMED_HASH",
                "a9993e364706816aba3e25717850c26c9cd0d89d, NULL, 1, INVALID_SIZE",
                "a9993e364706816aba3e25717850c26c9cd0d89d, -1, 1, INVALID_SIZE",
                "a9993e364706816aba3e25717850c26c9cd0d89d, 1, NULL, INVALID_OID",
                "a9993e364706816aba3e25717850c26c9cd0d89d, 1, 0, INVALID_OID",
                "a9993e364706816aba3e25717850c26c9cd0d89d, 1, -1, INVALID_OID",
                "a9993e364706816aba3e25717850c26c9cd0d89d, 1, 4294967296, INVALID_OID",
            })
    void rowThatCannotBeTrueFailsWithItsReason(String hash, Long size, Long oid, FailureReason reason) {
        var failure = listed(hash, size, "text/plain", oid).malformed().orElseThrow();
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.hash()).isEqualTo(hash);
        assertThat(failure.oid()).isEqualTo(oid == null ? null : oid.toString());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "1, 1, \"\"",
                "9223372036854775807, 4294967295, \"\"",
                "\"\", 1, \"size is '', wanted 0 or more\"",
                "1, 12 kB, \"oid is '12 kB', wanted 1 to 4294967295\"",
                "12 kB, 1, \"size is '12 kB', wanted 0 or more\"",
                "9223372036854775808, 1, \"size is '9223372036854775808', wanted 0 or more\"",
                "1, \"\", \"oid is '', wanted 1 to 4294967295\"",
                "1, 007, \"oid is '007', wanted 1 to 4294967295\"",
                "1, +7, \"oid is '+7', wanted 1 to 4294967295\"",
                "1, 99999999999999999999, \"oid is '99999999999999999999', wanted 1 to 4294967295\"",
            })
    void figureInATextColumnFailsUnlessItIsWrittenAsPostgresqlWritesNumbers(String size, String oid, String message) {
        var malformed = listed(HASH, Figure.of(size), null, Figure.of(oid)).malformed();
        assertThat(malformed.map(failure -> failure.message()).orElse("")).isEqualTo(message);
    }

    private static ListedRow listed(String hash, Long size, String mimeType, Long oid) {
        return listed(hash, size == null ? null : Figure.of(size), mimeType, oid == null ? null : Figure.of(oid));
    }

    private static ListedRow listed(String hash, Figure size, String mimeType, Figure oid) {
        return new ListedRow(
                SourceMapping.TOCCO,
                Collections.singletonList(hash),
                oid,
                size,
                hash,
                mimeType,
                null,
                List.of(),
                List.of());
    }

    @Test
    void messageNamesTheValueAndForgesNoLine() {
        var failure = listed("x\ny", 1L, null, 1L).malformed().orElseThrow();
        assertThat(failure.message()).contains("'x\\u000ay'", "40 hex digits");
        assertThat(failure.toString()).doesNotContain("\n");
        assertThat(listed(HASH, -5L, null, 1L).malformed().orElseThrow().message())
                .contains("-5");
    }
}
