package ch.tocco.lomigrate.receiver;

import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoFailureException;
import ch.tocco.lomigrate.lo.SourceRow;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-1, SHA-256 and length of one object in one pass over its bytes. Used for one object after the other; for one
 * thread.
 */
final class ContentCheck {
    private final MessageDigest sha1 = digest("SHA-1");
    private final MessageDigest sha256 = digest("SHA-256");
    private long length;

    /** Forgets what an object before this one, or an earlier try, has left. */
    void begin() {
        sha1.reset();
        sha256.reset();
        length = 0;
    }

    /** More bytes of the object. */
    void update(byte[] bytes, int offset, int count) {
        sha1.update(bytes, offset, count);
        sha256.update(bytes, offset, count);
        length += count;
    }

    /**
     * All bytes were given.
     *
     * @return SHA-256 in lower-case hexadecimal
     * @throws LoFailureException the object is not what its row says
     */
    String verified(SourceRow row) throws LoFailureException {
        if (length != row.size()) {
            // One byte more than the row says is asked for, so of a longer object only that is known.
            String found = length > row.size() ? "more than that" : length + " bytes";
            throw new LoFailureException(
                    FailureReason.SIZE_MISMATCH, "row says " + row.size() + " bytes, large object has " + found);
        }
        String actual = HexFormat.of().formatHex(sha1.digest());
        if (!actual.equalsIgnoreCase(row.hash())) {
            throw new LoFailureException(
                    FailureReason.HASH_MISMATCH, "row says SHA-1 " + row.hash() + ", large object has " + actual);
        }
        return HexFormat.of().formatHex(sha256.digest());
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
