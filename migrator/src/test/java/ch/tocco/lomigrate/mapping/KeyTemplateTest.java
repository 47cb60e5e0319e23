package ch.tocco.lomigrate.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.tocco.lomigrate.lo.Checksum.Algorithm;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotBlank;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** What a template makes of the values of a row and of a content. */
final class KeyTemplateTest {
    private static final Map<String, String> VALUES = Map.of(
            "sha256", "ab".repeat(32), "uuid", "0123456789", "Doc-Id", "D 1", "expr:suffix", ".dcm", "a:b", "colon");

    @Test
    void namesAreReplacedAndPartsAreCutOut() {
        assertThat(key("{uuid}{expr:suffix}")).isEqualTo("0123456789.dcm");
        assertThat(key("{uuid:0:2}/{uuid:2:4}/{uuid}")).isEqualTo("01/23/0123456789");
        assertThat(key("root/{Doc-Id}/{a:b}:{a:b:1:3}")).isEqualTo("root/D 1/colon:ol");
        assertThat(key("{expr:suffix:1:4}")).isEqualTo("dcm");
    }

    @Test
    void whatIsNotThereIsNoKey() {
        assertThatIllegalArgumentException().isThrownBy(() -> key("{other}")).withMessageContaining("{other} is NULL");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key("{uuid:2:11}"))
                .withMessageContaining("cut out of 10 characters");
    }

    @Test
    void contentIsToldApartOnlyByAllOfItsSha256() {
        assertThat(KeyTemplate.of("{sha256:0:2}/{sha256}").tellsContentsApart()).isTrue();
        assertThat(KeyTemplate.of("{sha256:0:64}").tellsContentsApart()).isTrue();
        assertThat(KeyTemplate.of("{sha256:0:63}").tellsContentsApart()).isFalse();
        assertThat(KeyTemplate.of("{sha1}").tellsContentsApart()).isFalse();
    }

    @Test
    void rowHasAKeyOfItsOwnOnlyByAllOfItsColumnAndNothingElse() {
        assertThat(KeyTemplate.of("letter/{id}.txt").isOnly("id")).isTrue();
        assertThat(KeyTemplate.of("letter/{id:0:2}").isOnly("id")).isFalse();
        assertThat(KeyTemplate.of("{id}{expr:suffix}").isOnly("id")).isFalse();
        assertThat(KeyTemplate.of("{other}").isOnly("id")).isFalse();
        assertThat(KeyTemplate.of("{oid}").isOnly("oid"))
                .as("the large object's")
                .isFalse();
    }

    @Test
    void saysWhatItNeeds() {
        KeyTemplate template = KeyTemplate.of("{md5}/{oid}/{id}/{expr:x}/{expr:x:0:1}");
        assertThat(template.hashes()).containsExactly(Algorithm.MD5);
        assertThat(template.columns()).containsExactly("id");
        assertThat(template.expressions()).containsExactly("x");
    }

    /** Whatever is literal stays, whatever is named is found again, whatever is cut is what substring gives. */
    @Property
    void anyTemplateAndValueRoundTrips(
            @ForAll @AlphaChars @StringLength(max = 8) String literal,
            @ForAll @NotBlank @StringLength(min = 1, max = 20) String value,
            @ForAll @IntRange(max = 19) int from) {
        KeyTemplate template = KeyTemplate.of(literal + "{column}" + literal);
        assertThat(template.key(name -> value)).isEqualTo(literal + value + literal);
        assertThat(KeyTemplate.of(template.toString())).isEqualTo(template);
        List<Integer> characters = value.codePoints().boxed().toList();
        if (from < characters.size()) {
            String cut = KeyTemplate.of("{column:" + from + ":" + characters.size() + "}")
                    .key(name -> value);
            assertThat(cut.codePoints().boxed().toList()).isEqualTo(characters.subList(from, characters.size()));
        }
    }

    private static String key(String template) {
        return KeyTemplate.of(template).key(VALUES::get);
    }

    @Test
    void allKeysBeginWithTheTextBeforeTheFirstBrace() {
        assertThat(KeyTemplate.of("a/b-{oid}/c").prefix()).isEqualTo("a/b-");
        assertThat(KeyTemplate.of("{oid}/c").prefix()).isEmpty();
    }
}
