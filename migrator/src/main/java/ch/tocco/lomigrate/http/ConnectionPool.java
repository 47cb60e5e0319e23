package ch.tocco.lomigrate.http;

import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.crt.http.HttpClientConnection;

/** Connections to one server, each used by one request at a time. Thread-safe. */
public interface ConnectionPool {
    /** A connection as soon as one is free or made; the caller must {@link #release} it, once. */
    CompletableFuture<HttpClientConnection> acquire();

    /** Takes a connection back, in whatever state it is. */
    void release(HttpClientConnection connection);

    /** An exchange sends its request over a connection of this pool. */
    void begun(Exchange<?> exchange);

    /** It does not need the connection any more. Also for one that has not begun. */
    void ended(Exchange<?> exchange);
}
