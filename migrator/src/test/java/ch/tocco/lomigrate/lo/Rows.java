package ch.tocco.lomigrate.lo;

import ch.tocco.lomigrate.lo.RowContent.LargeObject;
import java.util.Optional;

/** Rows as the table of the Tocco Business Framework has them: the key is the SHA-1 of the content. */
public final class Rows {
    private Rows() {}

    /** The oid of a row whose content is a large object. */
    public static long oid(SourceRow row) {
        return ((LargeObject) row.content()).oid();
    }

    public static SourceRow of(String sha1, long size, String mimeType, long oid) {
        Checksum expected = new Checksum(Checksum.Algorithm.SHA1, sha1);
        return new SourceRow(
                RowKey.of(sha1), Optional.of(expected), Size.declared(size), mimeType, new LargeObject(oid));
    }
}
