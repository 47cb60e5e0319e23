package ch.tocco.lomigrate.benchmarks.put;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The least that a PUT can cost: bytes that were made before, signature included, are written to sockets, and the
 * answers read. One request is under way on each connection. For one thread.
 */
public final class RawPuts implements AutoCloseable {
    private static final String REQUEST = "PUT /bucket/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n"
            + "Content-Type: application/octet-stream\r\nx-amz-content-sha256: %s\r\nX-Amz-Date: 20260101T000000Z\r\n"
            + "x-amz-meta-sha1: %s\r\nx-amz-meta-sha256: %s\r\nx-amz-meta-oid: 1234567\r\n"
            + "Authorization: AWS4-HMAC-SHA256 Credential=access/20260101/us-east-1/s3/aws4_request, SignedHeaders="
            + "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta-oid;x-amz-meta-sha1;x-amz-meta-sha256, "
            + "Signature=%s\r\n\r\n";

    private final SocketChannel[] connections;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(4096);

    /**
     * Opens the connections.
     *
     * @param inFlight how many
     */
    public RawPuts(int port, int inFlight) throws IOException {
        connections = new SocketChannel[inFlight];
        for (int i = 0; i < inFlight; i++) {
            connections[i] = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            connections[i].setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
    }

    /** Header and body of a request, ready to be sent again and again. */
    public static ByteBuffer request(byte[] body) {
        String hash = "0123456789abcdef".repeat(4);
        byte[] header = REQUEST.formatted(hash, body.length, hash, hash.substring(24), hash, hash)
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer request = ByteBuffer.allocateDirect(header.length + body.length);
        return request.put(header).put(body).flip();
    }

    /** Sends the request once on each connection; returns how many of them were answered with success. */
    public int putOnEach(ByteBuffer request) throws IOException {
        for (SocketChannel connection : connections) {
            ByteBuffer bytes = request.duplicate();
            while (bytes.hasRemaining()) {
                connection.write(bytes);
            }
        }
        int stored = 0;
        for (SocketChannel connection : connections) {
            stored += isSuccess(connection) ? 1 : 0;
        }
        return stored;
    }

    /** An answer without body; ends with an empty line. */
    private boolean isSuccess(SocketChannel connection) throws IOException {
        answer.clear();
        do {
            if (connection.read(answer) < 0) {
                throw new IOException("connection closed");
            }
        } while (answer.position() < 4 || answer.getInt(answer.position() - 4) != 0x0D0A0D0A);
        return answer.get(9) == '2' && answer.get(10) == '0' && answer.get(11) == '0';
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel connection : connections) {
            connection.close();
        }
    }
}
