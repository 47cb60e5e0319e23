package ch.tocco.lomigrate.benchmarks.servers;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the {@link PutSink} answers and remembers: how many objects came and when, and the length of multipart uploads,
 * because the tool asks for it. Written by the sink's thread, read by any.
 */
public final class SinkStore {
    /** Keys of large objects are SHA-256 in hexadecimal: whatever has another key is a probe. */
    private static final int KEY_LENGTH = 64;

    private static final byte[] STORED = answer("200 OK", "ETag: \"d41d8cd98f00b204e9800998ecf8427e\"\r\n", "");
    private static final byte[] REMOVED = answer("204 No Content", "", "");
    private static final byte[] PROCEED = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BEGUN = answer(
            "200 OK",
            "Content-Type: application/xml\r\n",
            "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
    private static final byte[] COMPLETED = answer(
            "200 OK",
            "Content-Type: application/xml\r\n",
            "<CompleteMultipartUploadResult><ETag>\"d41d8cd98f00b204e9800998ecf8427e-1\"</ETag>"
                    + "</CompleteMultipartUploadResult>");

    private final Map<String, Long> multipart = new ConcurrentHashMap<>();
    private final AtomicLong objects = new AtomicLong();
    private final AtomicLong giants = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile long firstMillis;

    private static byte[] answer(String status, String headers, String body) {
        String text = "HTTP/1.1 " + status + "\r\nServer: sink\r\nx-amz-request-id: sink\r\n" + headers
                + (status.startsWith("204") ? "" : "Content-Length: " + body.length() + "\r\n") + "\r\n" + body;
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static ByteBuffer proceed() {
        return ByteBuffer.wrap(PROCEED);
    }

    ByteBuffer answer(SinkRequest request) {
        return ByteBuffer.wrap(
                switch (request.method()) {
                    case "PUT" -> put(request);
                    case "POST" -> post(request);
                    case "DELETE" -> delete(request);
                    case "HEAD" -> head(request);
                    default -> answer("200 OK", "", "");
                });
    }

    private byte[] put(SinkRequest request) {
        bytes.addAndGet(request.bodyLength());
        if (request.query().contains("uploadId=")) {
            multipart.merge(request.path(), request.bodyLength(), Long::sum);
        } else {
            countObject(request);
        }
        return STORED;
    }

    private byte[] post(SinkRequest request) {
        if (request.query().contains("uploadId=")) {
            if (countObject(request)) {
                giants.incrementAndGet();
            }
            return COMPLETED;
        }
        multipart.put(request.path(), 0L);
        return BEGUN;
    }

    private byte[] delete(SinkRequest request) {
        multipart.remove(request.path());
        return REMOVED;
    }

    private byte[] head(SinkRequest request) {
        long length = multipart.getOrDefault(request.path(), 0L);
        String text = "HTTP/1.1 200 OK\r\nServer: sink\r\nContent-Length: " + length + "\r\n\r\n";
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private boolean countObject(SinkRequest request) {
        String path = request.path();
        boolean counts = path.length() - path.lastIndexOf('/') - 1 == KEY_LENGTH;
        if (counts && objects.getAndIncrement() == 0) {
            firstMillis = System.currentTimeMillis();
        }
        return counts;
    }

    /** Objects that came whole, probes not counted. */
    public long objects() {
        return objects.get();
    }

    /** Those that came in parts. */
    public long giants() {
        return giants.get();
    }

    /** Bytes of all bodies. */
    public long bytes() {
        return bytes.get();
    }

    /** When the first object came, in the terms of {@link System#currentTimeMillis}; 0: none came. */
    public long firstMillis() {
        return firstMillis;
    }

    /** Forgets all that came, while no request is under way. */
    public void reset() {
        multipart.clear();
        objects.set(0);
        giants.set(0);
        bytes.set(0);
        firstMillis = 0;
    }
}
