package ch.tocco.lomigrate.lo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

/** A failure is one line, whatever the database holds. */
final class LoFailureTest {
    @Test
    void messageHasReasonRowAndNumbers() {
        SourceRow row = Rows.of("aa", 125, null, 4711);
        assertThat(LoFailure.of(row, FailureReason.SIZE_MISMATCH, "row 125 bytes, large object 124"))
                .hasToString("SIZE_MISMATCH oid 4711, hash aa: row 125 bytes, large object 124");
    }

    @Test
    void controlCharactersAreEscaped() {
        LoFailure failure = new LoFailure(
                FailureReason.MALFORMED_HASH,
                "a\nb\033[2J",
                "1",
                "hash is 'a\nb', \ttab, \u0000, \u007f, \u0085 and \r");
        assertThat(failure.message())
                .isEqualTo("hash is 'a\\u000ab', \\u0009tab, \\u0000, \\u007f, \\u0085 and \\u000d");
        assertThat(failure.toString())
                .contains("hash a\\u000ab\\u001b[2J:")
                .matches("\\P{Cntrl}*")
                .hasLineCount(1);
    }

    @Test
    void otherTextStaysAsItIs() {
        String text = "\u00e4 \u20ac \ud83d\ude00 \\n 'quoted'";
        assertThat(new LoFailure(FailureReason.MISSING, "h", "1", text).message())
                .isEqualTo(text);
        assertThat(new LoFailure(FailureReason.MISSING, "h", "1", "\t" + text).message())
                .isEqualTo("\\u0009" + text);
    }

    @Test
    void rowsWithoutValuesAreToldApart() {
        assertThat(new LoFailure(FailureReason.MALFORMED_HASH, null, "7", "m").identity())
                .isEqualTo(LoFailure.identity(null, "7"))
                .isNotEqualTo(LoFailure.identity(null, "8"));
        assertThat(new LoFailure(FailureReason.INVALID_OID, null, null, "m"))
                .hasToString("INVALID_OID oid null, hash null: m");
    }

    @Test
    void exceptionCarriesReasonAndMessage() {
        LoFailureException e = new LoFailureException(FailureReason.MISSING, "no large object 7");
        assertThat(e.reason()).isEqualTo(FailureReason.MISSING);
        assertThat(e).hasMessage("no large object 7");
        assertThatNullPointerException().isThrownBy(() -> new LoFailureException(FailureReason.MISSING, null));
    }
}
