package ch.tocco.lomigrate.http;

import ch.tocco.lomigrate.config.CaBundle;
import ch.tocco.lomigrate.config.HttpProxy;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.crt.http.HttpClientConnection;
import software.amazon.awssdk.crt.http.HttpClientConnectionManager;
import software.amazon.awssdk.crt.http.HttpClientConnectionManagerOptions;
import software.amazon.awssdk.crt.http.HttpProxyEnvironmentVariableSetting;
import software.amazon.awssdk.crt.http.HttpProxyEnvironmentVariableSetting.HttpProxyEnvironmentVariableType;
import software.amazon.awssdk.crt.http.HttpProxyOptions;
import software.amazon.awssdk.crt.http.HttpProxyOptions.HttpProxyAuthorizationType;
import software.amazon.awssdk.crt.io.ClientBootstrap;
import software.amazon.awssdk.crt.io.SocketOptions;
import software.amazon.awssdk.crt.io.TlsContext;
import software.amazon.awssdk.crt.io.TlsContextOptions;

/**
 * Connections to one server for plain requests, kept open between them. The HTTP client is that of the SDK's CRT, without the layers
 * that the SDK puts above it; see PutBenchmark for what these cost. Thread-safe.
 */
public final class Connections implements ConnectionPool, AutoCloseable {
    private static final Duration MAX_IDLE = Duration.ofSeconds(60);

    private final ClientBootstrap bootstrap = new ClientBootstrap(null, null); // the threads that all clients share
    private final SocketOptions socket = new SocketOptions();
    private final TlsContext tls;
    private final HttpClientConnectionManager connections;
    private final StallWatch watch;

    /**
     * Opens no connection yet.
     *
     * @param server scheme, host and port
     * @param most connections
     * @param connectTimeout how long a connection may take to be made
     * @param stalled a request that nothing moves on for this long is given up, with its connection
     * @param proxy what they go through; empty: nothing, whatever the environment says
     * @param authorities that servers' certificates may come from; empty: the system's
     */
    public Connections(
            URI server,
            int most,
            Duration connectTimeout,
            Duration stalled,
            Optional<HttpProxy> proxy,
            Optional<CaBundle> authorities) {
        socket.connectTimeoutMs = Math.toIntExact(connectTimeout.toMillis());
        HttpClientConnectionManagerOptions options = new HttpClientConnectionManagerOptions()
                .withClientBootstrap(bootstrap)
                .withSocketOptions(socket)
                .withUri(server)
                .withPort(server.getPort())
                .withMaxConnections(most)
                .withMaxConnectionIdleInMilliseconds(MAX_IDLE.toMillis());
        HttpProxyEnvironmentVariableSetting environment = new HttpProxyEnvironmentVariableSetting();
        environment.setEnvironmentVariableType(HttpProxyEnvironmentVariableType.DISABLED);
        options.withProxyEnvironmentVariableSetting(environment);
        boolean secure = server.getScheme().equals("https");
        tls = secure || proxy.filter(HttpProxy::secure).isPresent() ? tlsContext(authorities) : null;
        if (secure) {
            options.withTlsContext(tls);
        }
        proxy.ifPresent(p -> options.withProxyOptions(proxyOptions(p)));
        connections = HttpClientConnectionManager.create(options);
        watch = new StallWatch(stalled);
    }

    private HttpProxyOptions proxyOptions(HttpProxy proxy) {
        HttpProxyOptions options = new HttpProxyOptions();
        options.setHost(proxy.host());
        options.setPort(proxy.port());
        if (proxy.secure()) {
            options.setTlsContext(tls);
        }
        proxy.login().ifPresent(login -> {
            options.setAuthorizationType(HttpProxyAuthorizationType.Basic);
            options.setAuthorizationUsername(login.user());
            options.setAuthorizationPassword(login.password());
        });
        return options;
    }

    private static TlsContext tlsContext(Optional<CaBundle> authorities) {
        try (TlsContextOptions options = TlsContextOptions.createDefaultClient()) {
            authorities.map(CaBundle::pem).ifPresent(options::overrideDefaultTrustStore);
            return new TlsContext(options.withVerifyPeer());
        }
    }

    @Override
    public CompletableFuture<HttpClientConnection> acquire() {
        return connections.acquireConnection();
    }

    @Override
    public void release(HttpClientConnection connection) {
        connections.releaseConnection(connection);
    }

    @Override
    public void begun(Exchange<?> exchange) {
        watch.begun(exchange);
    }

    @Override
    public void ended(Exchange<?> exchange) {
        watch.ended(exchange);
    }

    @Override
    public void close() {
        watch.close();
        connections.close();
        if (tls != null) {
            tls.close();
        }
        socket.close();
        bootstrap.close();
    }
}
