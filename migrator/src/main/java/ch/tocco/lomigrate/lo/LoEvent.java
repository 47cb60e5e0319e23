package ch.tocco.lomigrate.lo;

import static java.util.Objects.requireNonNull;

/**
 * The preallocated slot that carries one object through the rings: first the row, then also the payload and its
 * SHA-256, at last the row and the hash. Owned by one thread at a time, and asking it for what its stage does not have
 * yet is a programming error that says so.
 */
public final class LoEvent {
    private SourceRow row;
    private Payload payload;
    private String sha256;
    private ObjectKey objectKey;
    private String etag;
    private long bytes;
    private boolean end;

    /** Fills an empty slot with a listed row. */
    public void listed(SourceRow newRow) {
        requireEmpty();
        row = requireNonNull(newRow);
        bytes = newRow.size().bytes();
    }

    /** The receiver's result: the bytes, checked, and their SHA-256 in lower-case hexadecimal. */
    public void received(Payload newPayload, String newSha256) {
        received(newPayload, newSha256, new ObjectKey(newSha256));
    }

    /** The same for an object that is not called by its SHA-256. */
    public void received(Payload newPayload, String newSha256, ObjectKey newKey) {
        row();
        payload = requireNonNull(newPayload);
        sha256 = requireNonNull(newSha256);
        objectKey = requireNonNull(newKey);
        bytes = newPayload.size();
    }

    /** The storer's result: the object is in the bucket, its bytes are no longer needed and freed. */
    public void stored() {
        payload().close();
        payload = null;
    }

    /** Whether the object is in the bucket, as {@link #stored} says. */
    public boolean isStored() {
        return payload == null && sha256 != null;
    }

    public SourceRow row() {
        return present(row, "row");
    }

    public Payload payload() {
        return present(payload, "payload");
    }

    /** SHA-256 in lower-case hexadecimal, 64 digits. */
    public String sha256() {
        return present(sha256, "sha256");
    }

    /** What the object is called in the bucket. */
    public ObjectKey objectKey() {
        return present(objectKey, "object key");
    }

    /** The store's answer: the object's ETag. */
    public void acknowledged(String newEtag) {
        etag = newEtag;
    }

    /** The object's ETag; null where the store has not said any. */
    public String etag() {
        return etag;
    }

    public boolean isEmpty() {
        return row == null && !end;
    }

    /** True for the marker after which a worker gets no more events. */
    public boolean isEnd() {
        return end;
    }

    /** Turns an empty slot into an end marker. */
    public void markEnd() {
        requireEmpty();
        end = true;
    }

    /**
     * Bytes of the object, as far as they are known: once it was received, always; 0 if there is no row. May be asked of a
     * slot that another thread is changing, for cutting runs: the answer is then of no use, but nothing breaks.
     */
    public long bytes() {
        return bytes;
    }

    /** Takes over everything from {@code from} and leaves it empty. */
    public void moveFrom(LoEvent from) {
        requireEmpty();
        row = from.row;
        payload = from.payload;
        sha256 = from.sha256;
        objectKey = from.objectKey;
        etag = from.etag;
        bytes = from.bytes;
        end = from.end;
        from.forget();
    }

    /** Frees the payload, if there is one, and empties the slot. */
    public void clear() {
        if (payload != null) {
            payload.close();
        }
        forget();
    }

    private void forget() {
        row = null;
        payload = null;
        sha256 = null;
        objectKey = null;
        etag = null;
        bytes = 0;
        end = false;
    }

    private void requireEmpty() {
        if (!isEmpty()) {
            throw new IllegalStateException("slot is in use: " + (end ? "end marker" : row));
        }
    }

    private <T> T present(T value, String name) {
        if (value == null) {
            throw new IllegalStateException("event has no " + name + " yet: " + row);
        }
        return value;
    }
}
