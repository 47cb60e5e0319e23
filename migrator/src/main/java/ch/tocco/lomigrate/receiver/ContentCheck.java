package ch.tocco.lomigrate.receiver;

import ch.tocco.lomigrate.lo.Checksum;
import ch.tocco.lomigrate.lo.Checksum.Algorithm;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoFailureException;
import ch.tocco.lomigrate.lo.Size;
import ch.tocco.lomigrate.lo.SourceRow;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * SHA-256, length and whatever hash its row has of one object, in one pass over its bytes. Used for one object after the
 * other; for one thread.
 */
final class ContentCheck {
    private final MessageDigest sha256 = Algorithm.SHA256.digest();
    private final Map<Algorithm, MessageDigest> others = new EnumMap<>(Algorithm.class);
    private SourceRow row;

    /** Of the algorithm that the row names; null: it names none, or SHA-256. */
    private MessageDigest other;

    private long length;

    /** Forgets what an object before this one, or an earlier try, has left. */
    void begin(SourceRow newRow) {
        row = newRow;
        sha256.reset();
        other = newRow.expected()
                .map(Checksum::algorithm)
                .filter(algorithm -> algorithm != Algorithm.SHA256)
                .map(algorithm -> others.computeIfAbsent(algorithm, Algorithm::digest))
                .orElse(null);
        if (other != null) {
            other.reset();
        }
        length = 0;
    }

    /** More bytes of the object. */
    void update(byte[] bytes, int offset, int count) {
        sha256.update(bytes, offset, count);
        if (other != null) {
            other.update(bytes, offset, count);
        }
        length += count;
    }

    /**
     * All bytes were given.
     *
     * @return SHA-256 in lower-case hexadecimal
     * @throws LoFailureException the object is not what its row says
     */
    String verified() throws LoFailureException {
        verifyLength(row.size());
        byte[] digest = sha256.digest();
        if (row.expected().isPresent()) {
            verify(row.expected().get(), other == null ? digest : other.digest());
        }
        return HexFormat.of().formatHex(digest);
    }

    private void verifyLength(Size size) throws LoFailureException {
        if (length == size.bytes()) {
            return;
        }
        // One byte more than that is asked for, so of a longer object only that is known.
        String found = length > size.bytes() ? "more than that" : length + " bytes";
        String said = size.isKnown()
                ? "row says " + size.bytes() + " bytes"
                : "size could not be told when the row was listed";
        throw new LoFailureException(FailureReason.SIZE_MISMATCH, said + ", large object has " + found);
    }

    private static void verify(Checksum expected, byte[] actual) throws LoFailureException {
        if (!expected.matches(actual)) {
            throw new LoFailureException(
                    FailureReason.HASH_MISMATCH,
                    "row says " + expected.algorithm().title() + " " + expected.hex() + ", large object has "
                            + HexFormat.of().formatHex(actual));
        }
    }
}
