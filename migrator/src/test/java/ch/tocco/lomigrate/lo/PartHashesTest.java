package ch.tocco.lomigrate.lo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hashes are those of the parts, however the bytes come. */
final class PartHashesTest {
    private static final int PART = 1000;

    private final byte[] content = GeneratedContent.bytes(1, 2 * PART + 1);
    private final PartHashes hashes = new PartHashes(new Parts(content.length, PART));
    private final List<String> expected = Stream.of(0, PART, 2 * PART)
            .map(from -> Arrays.copyOfRange(content, from, Math.min(content.length, from + PART)))
            .map(part -> Digests.of(part).sha256())
            .toList();

    private void give(int count, int piece) {
        for (int from = 0; from < count; from += piece) {
            hashes.update(content, from, Math.min(piece, count - from));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 999, 1000, 1001, 1999, 2000, 2001})
    void piecesNeedNotEndWhereAPartEnds(int piece) {
        give(content.length, piece);
        assertThat(hashes.hashed().sha256()).isEqualTo(expected);
    }

    @Test
    void restartForgetsWhatWasGiven() {
        give(1500, 700);
        hashes.restart();
        give(content.length, 700);
        assertThat(hashes.hashed().sha256()).isEqualTo(expected);
    }

    @Test
    void bytesBeyondTheSizeAreLeftOut() {
        give(content.length, 700);
        hashes.update(content, 0, 1);
        assertThat(hashes.hashed().sha256()).isEqualTo(expected);
    }

    @Test
    void emptyObjectIsOneEmptyPart() {
        assertThat(new PartHashes(new Parts(0, PART)).hashed().sha256())
                .containsExactly(Digests.of(new byte[0]).sha256());
    }

    @Test
    void missingBytesAreNoticed() {
        give(2 * PART, 700);
        assertThatIllegalStateException().isThrownBy(hashes::hashed).withMessageContaining("part 3 of 3");
    }
}
