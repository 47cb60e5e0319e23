package ch.tocco.lomigrate.lo;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A pending row as the observer listed it, with values that can be true: whether they are, the receiver finds out.
 *
 * @param key the row's key
 * @param expected what the row says that the content hashes to; empty: it does not say
 * @param size length in bytes that the table claims, at least 0
 * @param mimeType content type as the table has it; null where the table has NULL
 * @param oid the large object, 1 to 4294967295
 */
public record SourceRow(RowKey key, Optional<Checksum> expected, long size, String mimeType, long oid) {
    public static final long MAX_OID = 0xFFFF_FFFFL;

    public SourceRow {
        requireNonNull(key);
        requireNonNull(expected);
        if (size < 0 || oid < 1 || oid > MAX_OID) {
            throw new IllegalArgumentException("size " + size + ", oid " + oid);
        }
    }
}
