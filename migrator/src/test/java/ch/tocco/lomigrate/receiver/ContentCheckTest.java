package ch.tocco.lomigrate.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lo.Checksum;
import ch.tocco.lomigrate.lo.Checksum.Algorithm;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoFailureException;
import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import ch.tocco.lomigrate.lo.RowKey;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.lo.Size;
import ch.tocco.lomigrate.lo.SourceRow;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Known hashes, and what is said when content and row differ. */
final class ContentCheckTest {
    private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);
    private static final String ABC_SHA1 = "a9993e364706816aba3e25717850c26c9cd0d89d";
    private static final String ABC_SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private static final String EMPTY_SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

    private final ContentCheck check = new ContentCheck();

    private static SourceRow row(String hash, long size) {
        return Rows.of(hash, size, null, 1);
    }

    private String verified(SourceRow row, byte[] content) throws LoFailureException {
        check.begin(row);
        check.update(content, 0, content.length);
        return check.verified();
    }

    @Test
    void givesTheSha256OfWhatWasSeen() throws Exception {
        assertThat(verified(row(ABC_SHA1, 3), ABC)).isEqualTo(ABC_SHA256);
    }

    @Test
    void piecesAndPartsOfArraysMakeNoDifference() throws Exception {
        check.begin(row(ABC_SHA1, 3));
        check.update("xab".getBytes(StandardCharsets.US_ASCII), 1, 2);
        check.update(ABC, 0, 0);
        check.update(ABC, 2, 1);
        assertThat(check.verified()).isEqualTo(ABC_SHA256);
    }

    @Test
    void hashIsComparedWithoutCase() throws Exception {
        assertThat(verified(row(ABC_SHA1.toUpperCase(Locale.ROOT), 3), ABC)).isEqualTo(ABC_SHA256);
    }

    @Test
    void emptyContentHasItsHashToo() throws Exception {
        assertThat(verified(row(EMPTY_SHA1, 0), new byte[0])).startsWith("e3b0c44298fc1c149afbf4c8996fb924");
    }

    @Test
    void beginningForgetsWhatAnEarlierTryHasLeft() throws Exception {
        check.begin(row(ABC_SHA1, 3));
        check.update(ABC, 0, 2);
        assertThat(verified(row(ABC_SHA1, 3), ABC)).isEqualTo(ABC_SHA256);
        assertFails(row(EMPTY_SHA1, 3), FailureReason.HASH_MISMATCH, EMPTY_SHA1, ABC_SHA1);
        assertThat(verified(row(ABC_SHA1, 3), ABC)).isEqualTo(ABC_SHA256);
    }

    @Test
    void wrongLengthIsSaidBeforeWrongHash() {
        assertFails(row(EMPTY_SHA1, 5), FailureReason.SIZE_MISMATCH, "5 bytes", "3 bytes");
        assertFails(row(EMPTY_SHA1, 2), FailureReason.SIZE_MISMATCH, "2 bytes", "more than that");
    }

    /** RFC 1321, A.5, and FIPS 180-2, B.1. */
    @ParameterizedTest
    @CsvSource({"MD5, 900150983cd24fb0d6963f7d28e17f72", "SHA1, " + ABC_SHA1, "SHA256, " + ABC_SHA256})
    void eachAlgorithmOfARowIsCompared(Algorithm algorithm, String hex) throws Exception {
        assertThat(verified(expecting(new Checksum(algorithm, hex)), ABC)).isEqualTo(ABC_SHA256);
        String wrong = hex.replace('0', '1');
        assertFails(
                expecting(new Checksum(algorithm, wrong)),
                FailureReason.HASH_MISMATCH,
                algorithm.title() + " " + wrong);
    }

    @Test
    void rowThatSaysNoHashIsComparedByItsLengthOnly() throws Exception {
        SourceRow row = new SourceRow(RowKey.of("1"), Optional.empty(), Size.declared(3), null, new LargeObject(1));
        assertThat(verified(row, ABC)).isEqualTo(ABC_SHA256);
        assertFails(
                new SourceRow(RowKey.of("1"), Optional.empty(), Size.declared(4), null, new LargeObject(1)),
                FailureReason.SIZE_MISMATCH,
                "4");
    }

    private static SourceRow expecting(Checksum checksum) {
        return new SourceRow(RowKey.of("1"), Optional.of(checksum), Size.declared(3), null, new LargeObject(1));
    }

    private void assertFails(SourceRow row, FailureReason reason, String... words) {
        assertThatThrownBy(() -> verified(row, ABC))
                .isInstanceOfSatisfying(
                        LoFailureException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContainingAll(words);
    }
}
