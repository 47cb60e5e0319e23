package ch.tocco.lomigrate.benchmarks.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A store that takes every object and keeps none: an HTTP/1.1 server of one thread that answers what the tool asks of a
 * bucket, verifies nothing, and costs as little as it can. For measuring clients.
 */
public final class PutSink implements AutoCloseable {
    private static final int READ_BUFFER = 512 << 10;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel listening = ServerSocketChannel.open();
    private final SinkStore store = new SinkStore();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BUFFER);
    private final Deque<Waiting> delayed = new ArrayDeque<>();
    private final long delayNanos;
    private final Thread thread = new Thread(this::run, "put-sink");
    private volatile boolean closed;

    /**
     * An answer that is held back.
     *
     * @param due when to send it, in the terms of {@link System#nanoTime}
     */
    private record Waiting(SocketChannel channel, ByteBuffer answer, long due) {}

    private PutSink(Duration delay) throws IOException {
        delayNanos = delay.toNanos();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        listening.configureBlocking(false);
        listening.register(selector, SelectionKey.OP_ACCEPT);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Starts a sink on a free port.
     *
     * @param delay how long each answer is held back, to within a millisecond; zero for none
     */
    public static PutSink start(Duration delay) throws IOException {
        return new PutSink(delay);
    }

    public int port() {
        return listening.socket().getLocalPort();
    }

    /** What {@code --s3-url} takes. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** What came so far. */
    public SinkStore store() {
        return store;
    }

    private void run() {
        try {
            while (!closed) {
                selector.select(this::ready, untilNextAnswer());
                sendDelayed();
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Milliseconds, 0 for ever. */
    private long untilNextAnswer() {
        Waiting first = delayed.peek();
        return first == null ? 0 : Math.max(1, (first.due() - System.nanoTime() + 500_000) / 1_000_000);
    }

    private void ready(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                accept();
            } else {
                read(key);
            }
        } catch (IOException reset) {
            key.cancel();
            closeQuietly(key.channel());
        }
    }

    private void accept() throws IOException {
        for (SocketChannel channel = listening.accept(); channel != null; channel = listening.accept()) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.register(selector, SelectionKey.OP_READ, new SinkRequest());
        }
    }

    private void read(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        SinkRequest request = (SinkRequest) key.attachment();
        buffer.clear();
        if (channel.read(buffer) < 0) {
            key.cancel();
            channel.close();
            return;
        }
        buffer.flip();
        while (request.consume(buffer)) {
            answer(channel, store.answer(request));
        }
        if (request.wantsContinue()) {
            send(channel, SinkStore.proceed());
        }
    }

    private void answer(SocketChannel channel, ByteBuffer answer) throws IOException {
        if (delayNanos == 0) {
            send(channel, answer);
        } else {
            delayed.add(new Waiting(channel, answer, System.nanoTime() + delayNanos));
        }
    }

    private void sendDelayed() {
        long now = System.nanoTime();
        for (Waiting next = delayed.peek(); next != null && next.due() - now <= 500_000; next = delayed.peek()) {
            delayed.remove();
            try {
                send(next.channel(), next.answer());
            } catch (IOException reset) {
                closeQuietly(next.channel());
            }
        }
    }

    /** Answers are short: a socket takes them whole unless its client has gone mad. */
    private static void send(SocketChannel channel, ByteBuffer answer) throws IOException {
        while (answer.hasRemaining()) {
            channel.write(answer);
        }
    }

    private static void closeQuietly(AutoCloseable channel) {
        try {
            channel.close();
        } catch (Exception e) {
            // the client is gone, so it cannot be told
        }
    }

    /** Ends the server and its connections. */
    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
