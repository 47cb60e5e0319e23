package ch.tocco.lomigrate.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Sends and receives a few lines within a bounded time, whatever the other side does. */
final class Exchange {
    private static final int BUFFER = 4096;

    private Exchange() {}

    /**
     * Receives until the other side ends, or until the end of a line.
     *
     * @param channel in non-blocking mode from then on
     * @param line true: one line
     * @param most bytes; there may be no more
     * @throws IOException also where it takes longer, or there is more
     */
    static String receive(SocketChannel channel, boolean line, int most, Duration longest) throws IOException {
        channel.configureBlocking(false);
        long deadline = System.nanoTime() + longest.toNanos();
        var received = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try (Selector selector = channel.provider().openSelector()) {
            channel.register(selector, SelectionKey.OP_READ);
            while (true) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new IOException("no answer within " + longest.toSeconds() + " s");
                }
                selector.select(left);
                int count = channel.read(buffer.clear());
                received.write(buffer.array(), 0, Math.max(0, count));
                if (received.size() > most) {
                    throw new IOException("more than " + most + " bytes");
                }
                if (count < 0 || (line && count > 0 && buffer.array()[count - 1] == '\n')) {
                    return received.toString(UTF_8);
                }
            }
        }
    }

    /** Sends a few lines, which a socket takes at once. */
    static void send(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                throw new IOException("the other side takes nothing");
            }
        }
    }
}
