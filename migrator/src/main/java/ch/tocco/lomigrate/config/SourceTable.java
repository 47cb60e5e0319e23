package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

/**
 * Names of the table that references the large objects, and of its columns. Names are as the catalog has them; whoever
 * builds SQL quotes them.
 *
 * @param table name of the table, found by the connection's {@code search_path}
 * @param hash column with the SHA-1 of the content, hexadecimal; the key of a row
 * @param size column with the length of the content in bytes
 * @param mimeType column with the content type
 * @param oid column with the large object's oid
 * @param sha2 column that takes the SHA-256, NULL until the object is in the bucket
 * @param sha2Index name of the unique index that finalizing builds
 */
public record SourceTable(
        String table, String hash, String size, String mimeType, String oid, String sha2, String sha2Index) {
    /** The binary table of the Tocco Business Framework. */
    public static final SourceTable NICE_BINARY =
            new SourceTable("_nice_binary", "hash", "size", "mime_type", "data", "sha2", "_nice_binary_sha2_key");

    public SourceTable {
        requireNonNull(table);
        requireNonNull(hash);
        requireNonNull(size);
        requireNonNull(mimeType);
        requireNonNull(oid);
        requireNonNull(sha2);
        requireNonNull(sha2Index);
    }
}
