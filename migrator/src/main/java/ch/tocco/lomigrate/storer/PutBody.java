package ch.tocco.lomigrate.storer;

import java.nio.ByteBuffer;
import software.amazon.awssdk.crt.http.HttpRequestBodyStream;

/** An array as the body of a request. Read by one thread of the client at a time. */
final class PutBody implements HttpRequestBodyStream {
    private final byte[] bytes;
    private int sent;

    PutBody(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public boolean sendRequestBody(ByteBuffer into) {
        int count = Math.min(into.remaining(), bytes.length - sent);
        into.put(bytes, sent, count);
        sent += count;
        return sent == bytes.length;
    }

    @Override
    public boolean resetPosition() {
        sent = 0;
        return true;
    }

    @Override
    public long getLength() {
        return bytes.length;
    }
}
