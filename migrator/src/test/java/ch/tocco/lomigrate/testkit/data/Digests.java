package ch.tocco.lomigrate.testkit.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Length and hashes of some bytes, computed with the JDK's means only.
 *
 * @param size number of bytes
 * @param sha1 SHA-1, lower-case hexadecimal
 * @param sha256 SHA-256, lower-case hexadecimal
 */
public record Digests(long size, String sha1, String sha256) {
    /** Reads the stream to its end without keeping it; the caller closes it. */
    public static Digests of(InputStream content) throws IOException {
        var sha1 = digest("SHA-1");
        var sha256 = digest("SHA-256");
        var both = new DigestOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), sha256), sha1);
        long size = content.transferTo(both);
        return new Digests(size, hex(sha1), hex(sha256));
    }

    public static Digests of(byte[] content) {
        try {
            return of(new ByteArrayInputStream(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
