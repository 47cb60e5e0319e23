package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.config.CaBundle;
import ch.tocco.lomigrate.config.HttpProxy;
import ch.tocco.lomigrate.http.ConnectionPool;
import ch.tocco.lomigrate.http.Connections;
import ch.tocco.lomigrate.http.Exchange;
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
import software.amazon.awssdk.crt.http.HttpHeader;
import software.amazon.awssdk.crt.http.HttpRequest;
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

    private Request send(SdkHttpRequest request, byte[] body) {
        URI server = URI.create(request.protocol() + "://" + request.host() + ":" + request.port());
        Connections connections = servers.computeIfAbsent(
                server,
                url -> new Connections(url, most, S3Clients.CONNECT_TIMEOUT, stalled, proxy, Optional.of(authorities)));
        return new Request(connections).send(translated(request, body), !hasBody(request, body));
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
        if (hasBody(request, body)) {
            headers.add(new HttpHeader(CONTENT_LENGTH, Integer.toString(body.length)));
        }
        String path = request.encodedPath().isEmpty() ? "/" : request.encodedPath();
        String target = path
                + request.encodedQueryParameters().map(query -> '?' + query).orElse("");
        return new HttpRequest(
                request.method().name(),
                target,
                headers.toArray(HttpHeader[]::new),
                hasBody(request, body) ? new PutBody(Content.of(body)) : null);
    }

    private static boolean hasBody(SdkHttpRequest request, byte[] body) {
        return body.length > 0 || request.method().name().matches("POST|PUT");
    }

    /** What a server said, all of it. */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
    private record Answer(SdkHttpFullResponse head, byte[] body) {}

    /** One request under way; cancelling it ends it. */
    private static final class Request extends Exchange<Answer> {
        Request(ConnectionPool connections) {
            super(connections);
        }

        Request send(HttpRequest request, boolean withoutContent) {
            begin(request, withoutContent);
            return this;
        }

        @Override
        protected void answered() {
            SdkHttpFullResponse.Builder head = SdkHttpFullResponse.builder().statusCode(status());
            for (HttpHeader header : headers()) {
                head.appendHeader(header.getName(), header.getValue());
            }
            complete(new Answer(head.build(), text()));
        }

        /** With the kind of error that the SDK takes for one of the network. */
        @Override
        protected void failed(Throwable e) {
            completeExceptionally(e instanceof IOException ? e : new IOException(e.getMessage(), e));
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean first = super.cancel(mayInterruptIfRunning);
            stop();
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
                        Request sent = send(request.request(), body.toByteArray());
                        CompletableFuture<?> unusedToo = done.whenComplete((nothing, e) -> {
                            if (done.isCancelled()) {
                                sent.cancel(true);
                            }
                        });
                        return sent;
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
                private volatile Request sent;

                @Override
                public HttpExecuteResponse call() throws IOException {
                    byte[] body = new byte[0];
                    if (request.contentStreamProvider().isPresent()) {
                        body = IoUtils.toByteArray(
                                request.contentStreamProvider().get().newStream());
                    }
                    sent = send(request.httpRequest(), body);
                    Answer answer = await(sent);
                    return HttpExecuteResponse.builder()
                            .response(answer.head)
                            .responseBody(AbortableInputStream.create(new ByteArrayInputStream(answer.body)))
                            .build();
                }

                @Override
                public void abort() {
                    if (sent != null) {
                        sent.cancel(true);
                    }
                }
            };
        }

        private static Answer await(Request sent) throws IOException {
            try {
                return sent.get();
            } catch (InterruptedException e) {
                sent.cancel(true);
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
