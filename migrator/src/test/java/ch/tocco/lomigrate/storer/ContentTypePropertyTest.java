package ch.tocco.lomigrate.storer;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;

/** Any MIME types. */
final class ContentTypePropertyTest {
    @Property
    void resultIsALegalHeaderValueThatStaysAsItIs(@ForAll String mimeType) {
        check(mimeType);
    }

    @Property
    void theSameOfAsciiAlone(@ForAll @CharRange(from = '\0', to = '\177') String mimeType) {
        check(mimeType);
    }

    private static void check(String mimeType) {
        String header = ContentType.of(mimeType);
        assertThat(header).isNotBlank().isEqualTo(header.strip()).matches("[\\x20-\\x7e]+");
        assertThat(ContentType.of(header)).isEqualTo(header);
    }

    @Property
    void printableTypeIsKept(@ForAll @CharRange(from = '!', to = '~') String mimeType) {
        assertThat(ContentType.of("  " + mimeType + " "))
                .isEqualTo(mimeType.isEmpty() ? ContentType.UNKNOWN : mimeType);
    }
}
