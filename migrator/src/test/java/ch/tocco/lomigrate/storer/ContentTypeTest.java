package ch.tocco.lomigrate.storer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A MIME type of the table goes into a header as it is, or not at all. */
final class ContentTypeTest {
    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "text/html; charset=utf-8", "application/x-\"odd\"", "no type", "~"})
    void legalHeaderValuesStayAsTheyAre(String mimeType) {
        assertThat(ContentType.of(mimeType)).isEqualTo(mimeType);
    }

    @Test
    void blanksAtTheEndsAreNoPartOfTheType() {
        assertThat(ContentType.of("  image/png ")).isEqualTo("image/png");
    }

    /** What is signed is what is sent. */
    @Test
    void severalBlanksInARowBecomeOne() {
        assertThat(ContentType.of(" text/html;   charset=utf-8;  x=y")).isEqualTo("text/html; charset=utf-8; x=y");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "   ", "text/plän", "text/plain\r\nX-Evil: 1", "a\tb", "a\u0000", "a\u007f", "\u4e2d"})
    void whatCannotBeAHeaderValueBecomesUnknown(String mimeType) {
        assertThat(ContentType.of(mimeType)).isEqualTo("application/octet-stream");
    }
}
