package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.config.CaBundle;
import ch.tocco.lomigrate.config.HttpProxy;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.crt.CRT;
import software.amazon.awssdk.crt.http.HttpClientConnection;
import software.amazon.awssdk.crt.http.HttpException;
import software.amazon.awssdk.crt.http.HttpHeader;
import software.amazon.awssdk.crt.http.HttpHeaderBlock;
import software.amazon.awssdk.crt.http.HttpRequest;
import software.amazon.awssdk.crt.http.HttpStream;
import software.amazon.awssdk.crt.http.HttpStreamResponseHandler;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.utils.IoUtils;
import software.amazon.awssdk.utils.async.SimplePublisher;

/**
 * The SDK's requests over {@link Connections}, which trust the authorities of a file: the SDK's own client over the same
 * library has no way to be given any. What it sends and gets is small, and is kept in memory as a whole. Thread-safe.
 */
final class TrustedHttp implements AutoCloseable {
    private static final String HOST = "Host";
    private static final String CONTENT_LENGTH = "Content-Length";

    private final int most;
    private final Duration stalled;
    private final Optional<HttpProxy> proxy;
    private final CaBundle authorities;
    private final Map<URI, Connections> servers = new ConcurrentHashMap<>();

    /**
     * Opens no connection yet.
     *
     * @param most connections to each server
     * @param stalled see {@link Connections}
     * @param proxy what requests go through; empty: nothing, whatever the environment says
     */
    TrustedHttp(int most, Duration stalled, Optional<HttpProxy> proxy, CaBundle authorities) {
        this.most = most;
        this.stalled = stalled;
        this.proxy = proxy;
        this.authorities = authorities;
    }

    /** For clients that do not wait; closing it closes all of this. */
    SdkAsyncHttpClient async() {
        return new Async();
    }

    /** For clients that wait for each answer; closing it closes all of this. */
    SdkHttpClient blocking() {
        return new Blocking();
    }

    @Override
    public void close() {
        servers.values().forEach(Connections::close);
        servers.clear();
    }

    private Exchange send(SdkHttpRequest request, byte[] body) {
        URI server = URI.create(request.protocol() + "://" + request.host() + ":" + request.port());
        Connections connections = servers.computeIfAbsent(
                server,
                url -> new Connections(url, most, S3Clients.CONNECT_TIMEOUT, stalled, proxy, Optional.of(authorities)));
        return new Exchange(connections).send(translated(request, body));
    }

    private static HttpRequest translated(SdkHttpRequest request, byte[] body) {
        List<HttpHeader> headers = new ArrayList<>();
        request.forEachHeader((name, values) -> {
            if (!name.equalsIgnoreCase(CONTENT_LENGTH)) {
                values.forEach(value -> headers.add(new HttpHeader(name, value)));
            }
        });
        if (request.firstMatchingHeader(HOST).isEmpty()) {
            headers.add(new HttpHeader(HOST, S3Requests.hostHeader(request.getUri())));
        }
        boolean hasBody = body.length > 0 || request.method().name().matches("POST|PUT");
        if (hasBody) {
            headers.add(new HttpHeader(CONTENT_LENGTH, Integer.toString(body.length)));
        }
        String path = request.encodedPath().isEmpty() ? "/" : request.encodedPath();
        String target = path
                + request.encodedQueryParameters().map(query -> '?' + query).orElse("");
        return new HttpRequest(
                request.method().name(),
                target,
                headers.toArray(HttpHeader[]::new),
                hasBody ? new PutBody(Content.of(body)) : null);
    }

    /** What a server said, all of it. */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
    private record Answer(SdkHttpFullResponse head, byte[] body) {}

    /** One request under way; cancelling it ends it. */
    private static final class Exchange extends CompletableFuture<Answer> implements HttpStreamResponseHandler {
        private final PlainAnswer.ConnectionPool connections;
        private final SdkHttpFullResponse.Builder head = SdkHttpFullResponse.builder();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private HttpClientConnection connection; // guarded by this, as it must be given back once
        private HttpStream stream; // guarded by this, as it must not be cancelled once it is closed

        Exchange(PlainAnswer.ConnectionPool connections) {
            this.connections = connections;
        }

        Exchange send(HttpRequest request) {
            CompletableFuture<?> unused = connections.acquire().whenComplete((acquired, e) -> {
                if (e == null) {
                    send(request, acquired);
                } else {
                    fail(e);
                }
            });
            return this;
        }

        private synchronized void send(HttpRequest request, HttpClientConnection over) {
            connection = over;
            try {
                if (isDone()) {
                    throw new CancellationException();
                }
                stream = over.makeRequest(request, this);
                stream.activate();
            } catch (Throwable e) {
                // No caller sees what is thrown here.
                letGo();
                fail(e);
            }
        }

        @Override
        public void onResponseHeaders(HttpStream from, int status, int block, HttpHeader[] headers) {
            if (block == HttpHeaderBlock.MAIN.getValue()) {
                for (HttpHeader header : headers) {
                    head.appendHeader(header.getName(), header.getValue());
                }
            }
        }

        @Override
        public int onResponseBody(HttpStream from, byte[] text) {
            body.writeBytes(text);
            return text.length;
        }

        @Override
        public void onResponseComplete(HttpStream from, int errorCode) {
            try {
                int status = from.getResponseStatusCode(); // an answer without any header has one too
                letGo();
                if (errorCode == CRT.AWS_CRT_SUCCESS) {
                    head.statusCode(status);
                    complete(new Answer(head.build(), body.toByteArray()));
                } else {
                    fail(new HttpException(errorCode));
                }
            } catch (Throwable e) {
                fail(e);
            }
        }

        /** With the kind of error that the SDK takes for one of the network. */
        private void fail(Throwable e) {
            completeExceptionally(e instanceof IOException ? e : new IOException(e.getMessage(), e));
        }

        /** Of the request and of its connection, once each. */
        private synchronized void letGo() {
            HttpClientConnection used = connection;
            connection = null;
            try {
                if (stream != null) {
                    stream.close();
                }
            } finally {
                stream = null;
                if (used != null) {
                    connections.release(used);
                }
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean first = super.cancel(mayInterruptIfRunning);
            synchronized (this) {
                if (stream != null) {
                    stream.cancel();
                }
            }
            return first;
        }
    }

    private final class Async implements SdkAsyncHttpClient {
        @Override
        public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            CompletableFuture<Void> done = new CompletableFuture<>();
            CompletableFuture<?> unused = SdkPublisher.adapt(request.requestContentPublisher())
                    .subscribe(piece -> add(piece, body))
                    .thenCompose(all -> {
                        Exchange exchange = send(request.request(), body.toByteArray());
                        CompletableFuture<?> unusedToo = done.whenComplete((nothing, e) -> {
                            if (done.isCancelled()) {
                                exchange.cancel(true);
                            }
                        });
                        return exchange;
                    })
                    .whenComplete((answer, e) -> {
                        if (e == null) {
                            deliver(answer, request, done);
                        } else {
                            Throwable cause = StoreException.unwrapped(e);
                            request.responseHandler().onError(cause);
                            done.completeExceptionally(cause);
                        }
                    });
            return done;
        }

        private void deliver(Answer answer, AsyncExecuteRequest request, CompletableFuture<Void> done) {
            try {
                request.responseHandler().onHeaders(answer.head);
                SimplePublisher<ByteBuffer> content = new SimplePublisher<>();
                request.responseHandler().onStream(content);
                if (answer.body.length > 0) {
                    CompletableFuture<?> unused = content.send(ByteBuffer.wrap(answer.body));
                }
                CompletableFuture<?> unused = content.complete();
                done.complete(null);
            } catch (RuntimeException | Error e) {
                request.responseHandler().onError(e);
                done.completeExceptionally(e);
            }
        }

        private static void add(ByteBuffer piece, ByteArrayOutputStream to) {
            byte[] bytes = new byte[piece.remaining()];
            piece.get(bytes);
            to.writeBytes(bytes);
        }

        @Override
        public void close() {
            TrustedHttp.this.close();
        }
    }

    private final class Blocking implements SdkHttpClient {
        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            return new ExecutableHttpRequest() {
                private volatile Exchange exchange;

                @Override
                public HttpExecuteResponse call() throws IOException {
                    byte[] body = new byte[0];
                    if (request.contentStreamProvider().isPresent()) {
                        body = IoUtils.toByteArray(
                                request.contentStreamProvider().get().newStream());
                    }
                    exchange = send(request.httpRequest(), body);
                    Answer answer = await(exchange);
                    return HttpExecuteResponse.builder()
                            .response(answer.head)
                            .responseBody(AbortableInputStream.create(new ByteArrayInputStream(answer.body)))
                            .build();
                }

                @Override
                public void abort() {
                    if (exchange != null) {
                        exchange.cancel(true);
                    }
                }
            };
        }

        private static Answer await(Exchange exchange) throws IOException {
            try {
                return exchange.get();
            } catch (InterruptedException e) {
                exchange.cancel(true);
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } catch (ExecutionException | CancellationException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            TrustedHttp.this.close();
        }
    }
}
