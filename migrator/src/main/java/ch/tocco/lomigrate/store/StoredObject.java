package ch.tocco.lomigrate.store;

import static java.util.Objects.requireNonNull;

import ch.tocco.lomigrate.lo.ObjectKey;
import java.util.Map;

/**
 * The key, type and metadata that go to the bucket together with the bytes.
 *
 * @param key name in the bucket; for a large object its SHA-256
 * @param sha256 of the content in lower-case hexadecimal
 * @param contentType a legal header value
 * @param metadata user metadata: {@code sha1}, {@code sha256}, {@code oid}
 */
public record StoredObject(ObjectKey key, String sha256, String contentType, Map<String, String> metadata) {
    public StoredObject {
        requireNonNull(key);
        requireNonNull(sha256);
        requireNonNull(contentType);
        metadata = Map.copyOf(metadata);
    }
}
