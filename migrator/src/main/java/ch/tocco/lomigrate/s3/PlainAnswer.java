package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.crt.CRT;
import software.amazon.awssdk.crt.CrtRuntimeException;
import software.amazon.awssdk.crt.http.HttpClientConnection;
import software.amazon.awssdk.crt.http.HttpException;
import software.amazon.awssdk.crt.http.HttpHeader;
import software.amazon.awssdk.crt.http.HttpHeaderBlock;
import software.amazon.awssdk.crt.http.HttpRequest;
import software.amazon.awssdk.crt.http.HttpStream;
import software.amazon.awssdk.crt.http.HttpStreamResponseHandler;

/**
 * One plain request under way: completes with what its answer means, or fails with a {@link StoreException}, whatever is
 * thrown on the way. Cancelling it only passes the wish on: it is complete when the client has let go of the request, and
 * of the bytes.
 *
 * @param <T> what the answer means
 */
final class PlainAnswer<T> extends CompletableFuture<T> implements HttpStreamResponseHandler {
    /** Errors are a few hundred bytes; what answers with more is no S3 server. */
    private static final int MAX_ERROR = 64 << 10;

    /** A page of a thousand uploads whose keys are as long as may be takes two. */
    private static final int MAX_TEXT = 8 << 20;

    /** Kept connections that may turn out to be closed, and a new one. */
    private static final int CONNECTIONS = 3;

    private static final Set<String> CLOSED = Set.of("AWS_ERROR_HTTP_CONNECTION_CLOSED", "AWS_IO_SOCKET_CLOSED");

    /** Connections to one server, each used by one request at a time. Thread-safe. */
    interface ConnectionPool {
        /** A connection as soon as one is free or made; the caller must {@link #release} it, once. */
        CompletableFuture<HttpClientConnection> acquire();

        /** Takes a connection back, in whatever state it is. */
        void release(HttpClientConnection connection);
    }

    /** What an answer with a good status means. */
    interface Meaning<T> {
        /**
         * Reads it.
         *
         * @throws StoreException the answer is none of an S3 server, or says that the store has other bytes
         */
        T of(PlainAnswer<?> answer) throws StoreException;
    }

    private static final HttpHeader[] NONE = {};

    private final String operation;
    private final ConnectionPool connections;
    private final PutBody body; // null: the request has none
    private final Meaning<T> meaning;
    private HttpRequest again; // what may be sent once more; null: nothing
    private ByteArrayOutputStream text; // null until there is some
    private int status;
    private HttpHeader[] headers = NONE;
    private Throwable unread; // why the answer could not be read; null: it could
    private HttpClientConnection connection; // guarded by this, as it must be given back once
    private HttpStream stream; // guarded by this, as it must not be cancelled once it is closed
    private boolean cancelled; // guarded by this

    /**
     * Prepares it.
     *
     * @param operation name of the request, for messages
     * @param body of the request; null: none
     */
    PlainAnswer(String operation, PutBody body, ConnectionPool connections, Meaning<T> meaning) {
        this.operation = operation;
        this.body = body;
        this.connections = connections;
        this.meaning = meaning;
    }

    /** Sends the request as soon as there is a connection for it; to be called once. */
    PlainAnswer<T> send(HttpRequest request) {
        again = body == null ? request : null;
        acquire(request, CONNECTIONS);
        return this;
    }

    /** @param left how many connections may still be tried, this one among them */
    private void acquire(HttpRequest request, int left) {
        CompletableFuture<?> unused = connections.acquire().whenComplete((acquired, e) -> {
            if (e == null) {
                send(request, acquired, left);
            } else {
                fail(e);
            }
        });
    }

    private synchronized void send(HttpRequest request, HttpClientConnection over, int left) {
        connection = over;
        try {
            if (cancelled) {
                throw new CancellationException();
            }
            stream = over.makeRequest(request, this);
            stream.activate();
        } catch (Throwable e) {
            if (left > 1 && stream == null && isClosed(e)) {
                letGo();
                acquire(request, left - 1);
                return;
            }
            // No caller sees what is thrown here: errors, too, must reach the thread that waits.
            try {
                letGo();
            } finally {
                fail(e);
            }
        }
    }

    private static boolean isClosed(Throwable e) {
        return e instanceof CrtRuntimeException refused && isClosed(refused.errorCode);
    }

    /**
     * Some servers close a connection after an answer and do not say so. Where that is known before, nothing was sent;
     * where a request was on its way, one without content may be sent once more.
     */
    private static boolean isClosed(int errorCode) {
        return CLOSED.contains(CRT.awsErrorName(errorCode));
    }

    @Override
    public void onResponseHeaders(HttpStream from, int responseStatus, int block, HttpHeader[] some) {
        if (block != HttpHeaderBlock.MAIN.getValue()) {
            return;
        }
        try {
            headers = headers.length == 0 ? some : joined(headers, some);
            status = responseStatus;
        } catch (Throwable e) {
            // The client would end the request and say no more than that a callback failed.
            unread = e;
        }
    }

    /** Also of an answer without any header, as that to a DELETE may be. */
    @Override
    public void onResponseHeadersDone(HttpStream from, int block) {
        try {
            if (status == 0 && block == HttpHeaderBlock.MAIN.getValue()) {
                status = from.getResponseStatusCode();
            }
        } catch (Throwable e) {
            unread = e;
        }
    }

    private static HttpHeader[] joined(HttpHeader[] first, HttpHeader[] second) {
        HttpHeader[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    @Override
    public int onResponseBody(HttpStream from, byte[] some) {
        try {
            if (text == null) {
                text = new ByteArrayOutputStream(some.length);
            }
            if (text.size() < (isSuccess() ? MAX_TEXT : MAX_ERROR)) {
                text.writeBytes(some);
            }
        } catch (Throwable e) {
            unread = e;
        }
        return some.length;
    }

    @Override
    public void onResponseComplete(HttpStream from, int errorCode) {
        try {
            letGo();
            HttpRequest lost = again;
            again = null;
            if (lost != null && status == 0 && isClosed(errorCode)) {
                acquire(lost, 1);
            } else {
                settle(errorCode);
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void settle(int errorCode) {
        if (body != null && body.failure() instanceof IOException e) {
            completeExceptionally(S3Faults.ofContent(operation, e));
        } else if (body != null && body.failure() != null) {
            fail(body.failure());
        } else if (unread != null) {
            fail(unread);
        } else if (errorCode != CRT.AWS_CRT_SUCCESS) {
            fail(new HttpException(errorCode));
        } else if (isSuccess()) {
            complete();
        } else if (status == 0) {
            fail(new IOException("what answers there is no HTTP server, perhaps one that wants https://"));
        } else {
            S3Error said = S3Error.parse(text());
            completeExceptionally(S3Faults.ofAnswer(operation, status, said.code(), said.message(), null));
        }
    }

    private void complete() {
        T meant;
        try {
            meant = meaning.of(this);
        } catch (StoreException e) {
            completeExceptionally(e);
            return;
        }
        complete(meant);
    }

    String operation() {
        return operation;
    }

    int status() {
        return status;
    }

    /** The last header of this name, in any case; empty: there is none. */
    String header(String name) {
        String value = "";
        for (HttpHeader header : headers) {
            // most have another length, so their names need not be decoded: this is called for each object
            if (header.getNameBytes().length == name.length()
                    && header.getName().equalsIgnoreCase(name)) {
                value = header.getValue();
            }
        }
        return value;
    }

    /** The body of the answer, cut off where it is far too long. */
    byte[] text() {
        return text == null ? new byte[0] : text.toByteArray();
    }

    private void fail(Throwable e) {
        Throwable said = e;
        try {
            said = S3Faults.of(operation, e);
        } finally {
            // Also where there was no memory to say it well.
            completeExceptionally(said);
        }
    }

    private boolean isSuccess() {
        return status >= 200 && status < 300;
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
    public synchronized boolean cancel(boolean mayInterruptIfRunning) {
        cancelled = true;
        if (stream != null) {
            stream.cancel();
        }
        return false;
    }
}
