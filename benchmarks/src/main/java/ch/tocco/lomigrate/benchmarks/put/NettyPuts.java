package ch.tocco.lomigrate.benchmarks.put;

import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.s3.SignedHeads;
import ch.tocco.lomigrate.store.StoredObject;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * PUTs over Netty with native epoll, and BoringSSL for TLS: HTTP/1.1, connections kept and no more of them than asked for,
 * and the tool's own signature. The least that such a client can do: it writes the head by itself, retries nothing, and has
 * no time limits. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails comes as an exception of the channel
public final class NettyPuts implements AutoCloseable {
    /** Up to here head and body are one buffer, and so one record of TLS. */
    private static final int TOGETHER = 16 << 10;

    private final EventLoopGroup loops;
    private final Bootstrap bootstrap;
    private final SignedHeads heads;
    private final int most;
    private final Deque<Channel> idle = new ArrayDeque<>(); // guarded by this, as the next two
    private final Deque<Answer> waiting = new ArrayDeque<>();
    private int open;

    /**
     * Opens no connection yet.
     *
     * @param most connections
     * @param threads event loops
     */
    public NettyPuts(S3Config config, int most, int threads) throws IOException {
        this.most = most;
        this.heads = new SignedHeads(config);
        this.loops = new MultiThreadIoEventLoopGroup(threads, EpollIoHandler.newFactory());
        SslContext tls = config.endpoint().getScheme().equals("https") ? tls(config) : null;
        String host = config.endpoint().getHost();
        int port = config.endpoint().getPort();
        this.bootstrap = new Bootstrap()
                .group(loops)
                .channel(EpollSocketChannel.class)
                .remoteAddress(host, port)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc(), host, port));
                        }
                        channel.pipeline().addLast(new HttpResponseDecoder(), new Answers());
                    }
                });
    }

    private static SslContext tls(S3Config config) throws IOException {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL)
                .trustManager(config.caBundle().orElseThrow().file().toFile())
                .build();
    }

    /** Stores the bytes with the object's type and metadata; completes with the ETag. */
    public CompletableFuture<String> put(StoredObject object, byte[] bytes) {
        Answer answer = new Answer(heads.put(object, bytes.length), bytes);
        Channel channel;
        synchronized (this) {
            channel = idle.pollLast();
            if (channel == null && open == most) {
                waiting.add(answer);
                return answer;
            }
            open += channel == null ? 1 : 0;
        }
        if (channel == null) {
            connect(answer);
        } else {
            channel.eventLoop().execute(() -> send(channel, answer));
        }
        return answer;
    }

    private void connect(Answer answer) {
        bootstrap.connect().addListener((ChannelFuture connected) -> {
            if (connected.isSuccess()) {
                send(connected.channel(), answer);
            } else {
                closed();
                answer.completeExceptionally(connected.cause());
            }
        });
    }

    /** By the channel's own thread. */
    private static void send(Channel channel, Answer answer) {
        channel.pipeline().get(Answers.class).current = answer;
        ByteBuf head = channel.alloc().directBuffer(answer.head.length() + Math.min(TOGETHER, answer.bytes.length));
        head.writeCharSequence(answer.head, StandardCharsets.US_ASCII);
        if (answer.bytes.length <= TOGETHER) {
            channel.write(head.writeBytes(answer.bytes), channel.voidPromise());
        } else {
            channel.write(head, channel.voidPromise());
            channel.write(Unpooled.wrappedBuffer(answer.bytes), channel.voidPromise());
        }
        channel.flush();
    }

    private void release(Channel channel) {
        Answer next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                idle.add(channel);
                return;
            }
        }
        send(channel, next);
    }

    private synchronized void closed() {
        open--;
    }

    @Override
    public void close() {
        loops.shutdownGracefully().syncUninterruptibly();
    }

    /** A request under way. */
    private static final class Answer extends CompletableFuture<String> {
        private final String head;
        private final byte[] bytes;

        Answer(String head, byte[] bytes) {
            this.head = head;
            this.bytes = bytes;
        }
    }

    /** What comes back on one connection. */
    private final class Answers extends SimpleChannelInboundHandler<HttpObject> {
        private Answer current; // null: none is under way
        private int status;
        private String etag;

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject some) {
            if (some instanceof HttpResponse response) {
                status = response.status().code();
                etag = response.headers().get("ETag");
            }
            if (some instanceof LastHttpContent) {
                Answer answer = current;
                current = null;
                release(context.channel());
                if (status == 200 && etag != null) {
                    answer.complete(etag);
                } else {
                    answer.completeExceptionally(new IOException("status " + status));
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail(new IOException("connection closed"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
            fail(e);
            context.close();
        }

        private void fail(Throwable e) {
            if (current != null) {
                current.completeExceptionally(e);
            }
        }
    }
}
