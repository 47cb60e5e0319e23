package ch.tocco.lomigrate.testkit.data;

/**
 * One row of {@code _nice_binary} as it is in the table, sense or nonsense; every value may be null.
 *
 * @param hash SHA-1 of the content, if all is well
 * @param size length of the content
 * @param mimeType content type
 * @param oid the large object
 * @param sha2 SHA-256 of the content once it is migrated
 */
public record SourceRow(String hash, Long size, String mimeType, Long oid, String sha2) {}
