package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import software.amazon.awssdk.crt.http.HttpRequestBodyStream;

/** {@link Content} as the body of a request. Read by one thread of the client at a time. */
final class PutBody implements HttpRequestBodyStream {
    private final Content content;
    private final SentBytes hashes; // null: the store verifies
    private long sent;
    private volatile Throwable failure;
    private volatile long readAt;

    PutBody(Content content) {
        this(content, null);
    }

    /**
     * A body that is hashed as it goes out.
     *
     * @param hashes where; null: nowhere
     */
    PutBody(Content content, SentBytes hashes) {
        this.content = content;
        this.hashes = hashes;
    }

    @Override
    public boolean sendRequestBody(ByteBuffer into) {
        readAt = System.nanoTime();
        int before = into.position();
        try {
            content.read(sent, into);
        } catch (IOException e) {
            failure = e;
            // The client fails a body that is shorter than its content-length; for what is thrown it also prints a
            // trace.
            return true;
        } catch (RuntimeException | Error e) {
            failure = e;
            throw e;
        }
        if (hashes != null) {
            hashes.update(into.duplicate().limit(into.position()).position(before));
        }
        sent += into.position() - before;
        return sent == content.length();
    }

    @Override
    public boolean resetPosition() {
        sent = 0;
        if (hashes != null) {
            hashes.restart();
        }
        return true;
    }

    @Override
    public long getLength() {
        return content.length();
    }

    /** What the store's answer shows to be wrong with the bytes; empty where nothing is, or nothing was hashed. */
    Optional<StoreException> compare(String operation, String etag) {
        return hashes == null ? Optional.empty() : hashes.compare(operation, etag);
    }

    /** When the client took bytes of it last, in the terms of {@link System#nanoTime}; 0: it has not taken any. */
    long readAt() {
        return readAt;
    }

    /** Why the body could not be read; null: it could. */
    Throwable failure() {
        return failure;
    }
}
