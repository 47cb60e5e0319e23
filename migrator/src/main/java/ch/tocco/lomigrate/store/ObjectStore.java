package ch.tocco.lomigrate.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A bucket. Requests are not tried again here. Every future that fails, fails with a {@link StoreException}.
 * Cancelling a future asks its request to end; it is complete when the request has ended. Thread-safe.
 */
public interface ObjectStore extends AutoCloseable {
    /**
     * Stores an object that fits into one request, replacing what was under the key. Complete only once the store has
     * verified that it received bytes with the object's SHA-256.
     *
     * @param content is read until the future is complete
     * @return the object's ETag; an answer without one is no acknowledgement
     */
    CompletableFuture<String> put(StoredObject object, Content content);

    /** Begins a multipart upload; the future has its id. */
    CompletableFuture<String> beginMultipart(StoredObject object);

    /**
     * Uploads one part, verified like {@link #put}.
     *
     * @param number from 1
     * @param content of the part; is read until the future is complete
     * @param sha256 of the part in lower-case hexadecimal
     * @return the part's ETag
     */
    CompletableFuture<String> putPart(StoredObject object, String uploadId, int number, Content content, String sha256);

    /**
     * Makes the parts an object, replacing what was under the key.
     *
     * @param parts all of them in order
     */
    CompletableFuture<Void> completeMultipart(StoredObject object, String uploadId, List<StoredPart> parts);

    /**
     * A part that the store has.
     *
     * @param etag what the store answered to it
     * @param sha256 of its bytes in lower-case hexadecimal
     */
    record StoredPart(String etag, String sha256) {}

    /** Forgets the parts of an upload that will not be completed. */
    CompletableFuture<Void> abortMultipart(String key, String uploadId);

    /** The uploads that are neither completed nor aborted, all of those whose keys begin with {@code prefix}. */
    CompletableFuture<List<OpenUpload>> listUploads(String prefix);

    /**
     * An unfinished multipart upload.
     *
     * @param key of the object that it would become
     * @param uploadId its id
     * @param begun when; null where the store does not say
     */
    record OpenUpload(String key, String uploadId, Instant begun) {}

    /**
     * Asks for keys of the bucket.
     *
     * @param prefix of the keys that are wanted
     * @param after where the page before ended; empty: the first page
     */
    CompletableFuture<KeysPage> listKeys(String prefix, String after);

    /**
     * Some keys of a bucket.
     *
     * @param keys of them
     * @param next what the next page comes after; empty: this is the last one
     */
    record KeysPage(List<String> keys, Optional<String> next) {
        public KeysPage {
            keys = List.copyOf(keys);
        }
    }

    /** Length in bytes of what the store has under the object's key. */
    CompletableFuture<Long> length(StoredObject object);

    /** What the store has under the object's key; empty: nothing. */
    CompletableFuture<Optional<Found>> find(StoredObject object);

    /**
     * An object in the bucket.
     *
     * @param length in bytes
     * @param sha256 what its metadata says, or null
     * @param etag of it
     * @param encryption how the store says that it has encrypted it, or null
     * @param storageClass what the store says of it, or null, which means the usual one
     */
    record Found(long length, String sha256, String etag, String encryption, String storageClass) {
        /** An object whose encryption and storage class the store does not tell. */
        public Found(long length, String sha256, String etag) {
            this(length, sha256, etag, null, null);
        }

        /** Whether it is what this tool would store. */
        public boolean isOf(StoredObject object, long bytes) {
            return length == bytes && object.sha256().equals(sha256);
        }

        /** Whether it is what this tool has stored for the object's row before, so that the object may replace it. */
        public boolean isFormerOf(StoredObject object) {
            return sha256 != null && sha256.equals(object.former());
        }
    }

    /** The tags that the store has of an object, by key. */
    CompletableFuture<Map<String, String>> tags(StoredObject object);

    /** What the store calls itself in its answer to {@link #headBucket}; empty: it has not answered, or has not said. */
    Optional<String> server();

    /** Asks whether the bucket is there. Stores answer 404 if not; some other answers say nothing either way. */
    CompletableFuture<Void> headBucket();

    /**
     * From the next request on, compares what the store answers to {@link #put} and {@link #putPart} with what was sent: the
     * ETag must be its MD5, and its SHA-256 the one that was promised. For a store that does not verify by itself.
     */
    void compareEtags();

    /**
     * From the next request on, sends each object and part with {@code x-amz-checksum-sha256}, as a bucket demands it whose
     * objects are locked by default. An upload that was begun before is not continued.
     */
    void sendChecksums();

    /** Removes an object; not an error if there is none. */
    CompletableFuture<Void> delete(String key);

    @Override
    void close();
}
