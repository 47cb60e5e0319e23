package ch.tocco.lomigrate.lo;

import static java.util.Objects.requireNonNull;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a row says that its object's bytes hash to.
 *
 * @param algorithm of the hash
 * @param hex hexadecimal as the row has it, in upper or lower case
 */
public record Checksum(Algorithm algorithm, String hex) {
    /** Hash functions that tables use. */
    public enum Algorithm {
        MD5("MD5", 16),
        SHA1("SHA-1", 20),
        SHA256("SHA-256", 32);

        private final String title;
        private final int bytes;

        Algorithm(String title, int bytes) {
            this.title = title;
            this.bytes = bytes;
        }

        /** Length of the hash. */
        public int bytes() {
            return bytes;
        }

        /** As Java and people call it. */
        public String title() {
            return title;
        }

        /** A new digest. */
        public MessageDigest digest() {
            try {
                return MessageDigest.getInstance(title);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has " + title, e);
            }
        }
    }

    public Checksum {
        requireNonNull(algorithm);
        requireNonNull(hex);
    }

    /** Whether the bytes have this hash. */
    public boolean matches(byte[] digest) {
        return HexFormat.of().formatHex(digest).equalsIgnoreCase(hex);
    }
}
