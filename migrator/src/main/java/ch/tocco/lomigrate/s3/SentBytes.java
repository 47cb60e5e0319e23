package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.ServerWords;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.store.Etag;
import ch.tocco.lomigrate.store.StoreException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Hashes of a request's body as it goes out, for stores that do not verify what they get. What a disk has made of a spill
 * file shows in the SHA-256, and what became of the bytes on their way in the MD5, which such a store's ETag is. For one
 * request, used by one thread at a time.
 */
final class SentBytes {
    private final String expected;
    private final MessageDigest sha256 = digest("SHA-256");
    private final MessageDigest md5 = digest("MD5");

    /** @param expected SHA-256 of the body in lower-case hexadecimal */
    SentBytes(String expected) {
        this.expected = expected;
    }

    /** These bytes go out next. */
    void update(ByteBuffer bytes) {
        sha256.update(bytes.duplicate());
        md5.update(bytes.duplicate());
    }

    /** The body is sent again from its first byte. */
    void restart() {
        sha256.reset();
        md5.reset();
    }

    /** What is wrong, once the whole body was sent and answered with an ETag; to be called once. */
    Optional<StoreException> compare(String operation, String etag) {
        if (!HexFormat.of().formatHex(sha256.digest()).equals(expected)) {
            String message = operation + ": what was sent is not what was read from the database";
            return Optional.of(new StoreException(FaultKind.OBJECT, FailureReason.SPILL, message, null));
        }
        String sent = HexFormat.of().formatHex(md5.digest());
        if (Etag.isMd5(etag, sent)) {
            return Optional.empty();
        }
        String message = operation + ": the store has other bytes than were sent: its ETag is "
                + ServerWords.firstLine(etag) + ", the MD5 of what was sent " + sent;
        return Optional.of(new StoreException(FaultKind.PASSING, FailureReason.CORRUPTED, message, null));
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
