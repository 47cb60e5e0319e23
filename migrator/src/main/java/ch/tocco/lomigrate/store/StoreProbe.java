package ch.tocco.lomigrate.store;

import ch.tocco.lomigrate.lo.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A small object that any store takes: what a store answers to it is not the object's doing. Always under the same key, in
 * all runs: what a killed one leaves in the bucket, the next one removes. Only a PUT tells; a store that takes none still
 * answers a HEAD.
 */
public final class StoreProbe {
    private static final Logger LOG = LogManager.getLogger(StoreProbe.class);
    private static final String KEY = "lo-migrate-probe";
    private static final byte[] CONTENT = "lo-migrate was here\n".getBytes(StandardCharsets.US_ASCII);

    private final ObjectStore store;
    private final StoredObject object;

    /** The usual one. */
    public StoreProbe(ObjectStore store) {
        this(store, "");
    }

    /**
     * A second object besides the usual one, for buckets whose policy may forbid overwriting.
     *
     * @param suffix of the key
     */
    public StoreProbe(ObjectStore store, String suffix) {
        this.store = store;
        this.object = new StoredObject(new ObjectKey(KEY + suffix), digest("SHA-256"), "text/plain", Map.of());
    }

    StoredObject object() {
        return object;
    }

    static Content content() {
        return Content.of(CONTENT.clone());
    }

    public String key() {
        return object.key().text();
    }

    /** Stores it; the future has its ETag. */
    public CompletableFuture<String> put() {
        return store.put(object, Content.of(CONTENT.clone()));
    }

    /** Offers it with the hash of other bytes, which a store that verifies refuses. */
    public CompletableFuture<String> putWithWrongHash() {
        String wrong = new StringBuilder(object.sha256()).reverse().toString();
        return store.put(
                new StoredObject(object.key(), wrong, object.contentType(), object.metadata()),
                Content.of(CONTENT.clone()));
    }

    /** Whether an ETag of it is the MD5 of its content. */
    public boolean isMd5(String etag) {
        return Etag.isMd5(etag, digest("MD5"));
    }

    /** Removes it. */
    public CompletableFuture<Void> delete() {
        return store.delete(key());
    }

    /** Stores it, and removes it in the background once that has succeeded. */
    public CompletableFuture<String> putAndDelete() {
        return put().whenComplete((stored, failure) -> {
            if (failure == null) {
                CompletableFuture<?> unused = delete().whenComplete((done, lost) -> deleted(lost));
            }
        });
    }

    private void deleted(Throwable failure) {
        if (failure != null) {
            LOG.warn("the probe object {} is left in the bucket: {}", key(), failure.getMessage());
        }
    }

    private static String digest(String algorithm) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(CONTENT));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
