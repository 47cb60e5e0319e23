package ch.tocco.lomigrate.store;

import java.util.Locale;

/** What an ETag says of an object's bytes: for many stores it is their MD5, and S3 promises no more. */
public final class Etag {
    private Etag() {}

    /**
     * Whether it is this very MD5, in quotes or without.
     *
     * @param md5 in lower-case hexadecimal
     */
    public static boolean isMd5(String etag, String md5) {
        return etag.strip().replace("\"", "").toLowerCase(Locale.ROOT).equals(md5);
    }
}
