package ch.tocco.lomigrate.store;

import static java.util.Objects.requireNonNull;

import ch.tocco.lomigrate.lo.ObjectKey;
import java.util.Map;

/**
 * The key, type and metadata that go to the bucket together with the bytes.
 *
 * @param key name in the bucket; often its SHA-256
 * @param sha256 of the content in lower-case hexadecimal
 * @param contentType a legal header value
 * @param disposition how a browser saves it, a legal header value; empty: as it likes
 * @param metadata user metadata: {@code sha1}, {@code sha256}, {@code oid}, and what the source gives
 * @param ifAbsent whether a request is to be refused where anything is under the key already
 * @param former SHA-256 of what this object may replace under its key all the same; null: nothing
 */
public record StoredObject(
        ObjectKey key,
        String sha256,
        String contentType,
        String disposition,
        Map<String, String> metadata,
        boolean ifAbsent,
        String former) {
    public StoredObject {
        requireNonNull(key);
        requireNonNull(sha256);
        requireNonNull(contentType);
        requireNonNull(disposition);
        metadata = Map.copyOf(metadata);
    }

    /** One that replaces what is under its key. */
    public StoredObject(ObjectKey key, String sha256, String contentType, Map<String, String> metadata) {
        this(key, sha256, contentType, "", metadata, false, null);
    }

    /** The same for a store that refuses it where anything is under its key. */
    public StoredObject onlyIfAbsent() {
        return new StoredObject(key, sha256, contentType, disposition, metadata, true, former);
    }
}
