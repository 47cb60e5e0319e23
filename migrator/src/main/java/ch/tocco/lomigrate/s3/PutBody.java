package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.store.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import software.amazon.awssdk.crt.http.HttpRequestBodyStream;

/** {@link Content} as the body of a request. Read by one thread of the client at a time. */
final class PutBody implements HttpRequestBodyStream {
    private final Content content;
    private long sent;
    private volatile Throwable failure;

    PutBody(Content content) {
        this.content = content;
    }

    @Override
    public boolean sendRequestBody(ByteBuffer into) {
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
        sent += into.position() - before;
        return sent == content.length();
    }

    @Override
    public boolean resetPosition() {
        sent = 0;
        return true;
    }

    @Override
    public long getLength() {
        return content.length();
    }

    /** Why the body could not be read; null: it could. */
    Throwable failure() {
        return failure;
    }
}
