package ch.tocco.lomigrate.lo;

import java.util.Optional;

/** Rows as the table of the Tocco Business Framework has them: the key is the SHA-1 of the content. */
public final class Rows {
    private Rows() {}

    public static SourceRow of(String sha1, long size, String mimeType, long oid) {
        Checksum expected = new Checksum(Checksum.Algorithm.SHA1, sha1);
        return new SourceRow(RowKey.of(sha1), Optional.of(expected), size, mimeType, oid);
    }
}
