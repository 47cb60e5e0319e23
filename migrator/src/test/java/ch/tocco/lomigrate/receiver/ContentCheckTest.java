package ch.tocco.lomigrate.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoFailureException;
import ch.tocco.lomigrate.lo.SourceRow;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Known hashes, and what is said when content and row differ. */
final class ContentCheckTest {
    private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);
    private static final String ABC_SHA1 = "a9993e364706816aba3e25717850c26c9cd0d89d";
    private static final String ABC_SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private static final String EMPTY_SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

    private final ContentCheck check = new ContentCheck();

    private static SourceRow row(String hash, long size) {
        return new SourceRow(hash, size, null, 1);
    }

    @Test
    void givesTheSha256OfWhatWasSeen() throws Exception {
        check.begin();
        check.update(ABC, 0, 3);
        assertThat(check.verified(row(ABC_SHA1, 3))).isEqualTo(ABC_SHA256);
    }

    @Test
    void piecesAndPartsOfArraysMakeNoDifference() throws Exception {
        check.begin();
        check.update("xab".getBytes(StandardCharsets.US_ASCII), 1, 2);
        check.update(ABC, 0, 0);
        check.update(ABC, 2, 1);
        assertThat(check.verified(row(ABC_SHA1, 3))).isEqualTo(ABC_SHA256);
    }

    @Test
    void hashIsComparedWithoutCase() throws Exception {
        check.begin();
        check.update(ABC, 0, 3);
        assertThat(check.verified(row(ABC_SHA1.toUpperCase(Locale.ROOT), 3))).isEqualTo(ABC_SHA256);
    }

    @Test
    void emptyContentHasItsHashToo() throws Exception {
        check.begin();
        assertThat(check.verified(row(EMPTY_SHA1, 0))).startsWith("e3b0c44298fc1c149afbf4c8996fb924");
    }

    @Test
    void beginningForgetsWhatAnEarlierTryHasLeft() throws Exception {
        check.begin();
        check.update(ABC, 0, 2);
        check.begin();
        check.update(ABC, 0, 3);
        assertThat(check.verified(row(ABC_SHA1, 3))).isEqualTo(ABC_SHA256);
        check.begin();
        check.update(ABC, 0, 3);
        assertFails(row(EMPTY_SHA1, 3), FailureReason.HASH_MISMATCH, EMPTY_SHA1, ABC_SHA1);
        check.begin();
        check.update(ABC, 0, 3);
        assertThat(check.verified(row(ABC_SHA1, 3))).isEqualTo(ABC_SHA256);
    }

    @Test
    void wrongLengthIsSaidBeforeWrongHash() {
        check.begin();
        check.update(ABC, 0, 3);
        assertFails(row(EMPTY_SHA1, 5), FailureReason.SIZE_MISMATCH, "5 bytes", "3 bytes");
        check.begin();
        check.update(ABC, 0, 3);
        assertFails(row(EMPTY_SHA1, 2), FailureReason.SIZE_MISMATCH, "2 bytes", "more than that");
    }

    private void assertFails(SourceRow row, FailureReason reason, String... words) {
        assertThatThrownBy(() -> check.verified(row))
                .isInstanceOfSatisfying(
                        LoFailureException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContainingAll(words);
    }
}
