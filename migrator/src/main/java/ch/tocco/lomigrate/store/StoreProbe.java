package ch.tocco.lomigrate.store;

import ch.tocco.lomigrate.config.RunId;
import ch.tocco.lomigrate.lo.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A small object that any store takes: what a store answers to it is not the object's doing. Each process has a key of its
 * own for it: runs that start together would delete or refuse each other's. Only a PUT tells; a store that takes none still
 * answers a HEAD.
 */
public final class StoreProbe {
    private static final Logger LOG = LogManager.getLogger(StoreProbe.class);
    private static final String KEY = "lo-migrate-probe-" + RunId.ofThisProcess();
    private static final byte[] CONTENT = "lo-migrate was here\n".getBytes(StandardCharsets.US_ASCII);

    private final ObjectStore store;
    private final StoredObject object;
    private final LongConsumer sends;

    /** The usual one. */
    public StoreProbe(ObjectStore store) {
        this(store, "");
    }

    /**
     * The usual one, while objects are stored.
     *
     * @param sends is told how many bytes a PUT of it sends, so that they count where bytes are counted
     */
    public StoreProbe(ObjectStore store, LongConsumer sends) {
        this(store, "", sends);
    }

    /**
     * A second object besides the usual one, for buckets whose policy may forbid overwriting.
     *
     * @param suffix of the key
     */
    public StoreProbe(ObjectStore store, String suffix) {
        this(store, suffix, bytes -> {});
    }

    private StoreProbe(ObjectStore store, String suffix, LongConsumer sends) {
        this.store = store;
        this.sends = sends;
        this.object = new StoredObject(new ObjectKey(KEY + suffix), digest("SHA-256"), "text/plain", Map.of());
    }

    /** What is stored, without its content. */
    public StoredObject object() {
        return object;
    }

    /** The bytes of each of them. */
    public static Content content() {
        return Content.of(CONTENT.clone());
    }

    public String key() {
        return object.key().text();
    }

    /** Stores it; the future has its ETag. */
    public CompletableFuture<String> put() {
        sends.accept(CONTENT.length);
        return store.put(object, Content.of(CONTENT.clone()));
    }

    /** Offers it with the hash of other bytes, which a store that verifies refuses. */
    public CompletableFuture<String> putWithWrongSha256() {
        String wrong = new StringBuilder(object.sha256()).reverse().toString();
        return store.put(
                new StoredObject(object.key(), wrong, object.contentType(), object.metadata()),
                Content.of(CONTENT.clone()));
    }

    /** Whether an ETag of it is the MD5 of its content. */
    public boolean isMd5(String etag) {
        return Etag.isMd5(etag, digest("MD5"));
    }

    /** What the store has of it; empty: nothing. */
    public CompletableFuture<Optional<ObjectStore.Found>> find() {
        return store.find(object);
    }

    /** The tags that the store has of it. */
    public CompletableFuture<Map<String, String>> tags() {
        return store.tags(object);
    }

    /** Sends it as the only part of an upload, which is aborted then: a store may refuse that and take the object whole. */
    public CompletableFuture<Void> tryInParts() {
        return store.beginMultipart(object)
                .thenCompose(id -> store.putPart(object, id, 1, content(), object.sha256())
                        .handle((etag, e) -> e)
                        .thenCompose(e -> abort(id).thenAccept(done -> {
                            if (e != null) {
                                throw new CompletionException(StoreException.unwrapped(e));
                            }
                        })));
    }

    private CompletableFuture<Void> abort(String uploadId) {
        return store.abortMultipart(key(), uploadId).exceptionally(e -> {
            LOG.warn(
                    "the upload of the probe object {} is left in the bucket: {}",
                    key(),
                    StoreException.unwrapped(e).getMessage());
            return null;
        });
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
