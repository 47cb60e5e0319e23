package ch.tocco.lomigrate.benchmarks.servers;

import ch.tocco.lomigrate.testkit.servers.SelfSignedCertificate;
import io.netty.bootstrap.ServerBootstrap;
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
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A {@link PutSink} that speaks TLS, with a certificate of its own. For measuring clients. */
public final class TlsSink implements AutoCloseable {
    private static final List<String> FILES = List.of("server.crt", "server.key", "server.p12");

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final Path directory = Files.createTempDirectory("lo-migrate-bench-");
    private final Channel listening;

    private TlsSink() throws IOException {
        SelfSignedCertificate.write(directory, SelfSignedCertificate.LOCAL);
        SslContext tls = SslContextBuilder.forServer(
                        certificate().toFile(), directory.resolve("server.key").toFile())
                .sslProvider(SslProvider.OPENSSL)
                .build();
        listening = new ServerBootstrap()
                .group(loop)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(tls.newHandler(channel.alloc()), new Connection());
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
    }

    /** Starts a sink on a free port. */
    public static TlsSink start() throws IOException {
        return new TlsSink();
    }

    /** What {@code --s3-url} takes. */
    public URI endpoint() {
        return URI.create("https://127.0.0.1:" + ((InetSocketAddress) listening.localAddress()).getPort());
    }

    /** The authority that its certificate comes from, in PEM. */
    public Path certificate() {
        return directory.resolve("server.crt");
    }

    @Override
    public void close() throws IOException {
        listening.close().syncUninterruptibly();
        loop.shutdownGracefully().syncUninterruptibly();
        for (String file : FILES) {
            Files.deleteIfExists(directory.resolve(file));
        }
        Files.deleteIfExists(directory);
    }

    /** Takes and answers the requests of one connection. */
    private static final class Connection extends SimpleChannelInboundHandler<ByteBuf> {
        private final SinkRequest request = new SinkRequest();
        private final SinkStore store = new SinkStore();

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf some) throws IOException {
            ByteBuffer bytes = some.nioBuffer();
            while (request.consume(bytes)) {
                ChannelFuture unused =
                        context.write(Unpooled.wrappedBuffer(store.answer(request)), context.voidPromise());
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }
    }
}
