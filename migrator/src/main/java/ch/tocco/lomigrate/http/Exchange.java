package ch.tocco.lomigrate.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
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
 * One request under way, and its answer, which is kept in memory as a whole. It ends by {@link #answered} or {@link #failed},
 * whatever is thrown on the way, and has given its connection back before, once. What the answer means is the subclass's matter,
 * which completes this future.
 *
 * @param <T> what the answer means
 */
public abstract class Exchange<T> extends CompletableFuture<T> implements HttpStreamResponseHandler {
    /** An error in words is a few hundred bytes; nothing more of it is worth keeping. */
    private static final int MAX_ERROR = 64 << 10;

    /** A page of a listing with the longest names that there are takes two. */
    private static final int MAX_TEXT = 8 << 20;

    /** Kept connections that may turn out to be closed, and a new one. */
    private static final int CONNECTIONS = 3;

    private static final Set<String> CLOSED = Set.of("AWS_ERROR_HTTP_CONNECTION_CLOSED", "AWS_IO_SOCKET_CLOSED");

    private static final HttpHeader[] NONE = {};

    private final ConnectionPool connections;
    private HttpRequest again; // what may be sent once more; null: nothing
    private ByteArrayOutputStream text; // null until there is some
    private int status;
    private HttpHeader[] headers = NONE;
    private Throwable unread; // why the answer could not be read; null: it could
    private HttpClientConnection connection; // guarded by this, as it must be given back once
    private HttpStream stream; // guarded by this, as it must not be cancelled once it is closed
    private boolean cancelled; // guarded by this
    private volatile long moved; // when something came last, or the request began; by System.nanoTime
    private volatile Duration stalled; // for how long nothing had moved when the watch ended it; null: it did not

    protected Exchange(ConnectionPool connections) {
        this.connections = connections;
    }

    /** All of the answer is there, whatever its status. */
    protected abstract void answered();

    /** There is no answer, or it cannot be read. May be told after the end; that changes nothing. */
    protected abstract void failed(Throwable e);

    /**
     * Sends a request as soon as there is a connection for it; to be called once.
     *
     * @param withoutContent whether it may be sent once more where the connection is closed under it
     */
    protected final void begin(HttpRequest request, boolean withoutContent) {
        again = withoutContent ? request : null;
        acquire(request, CONNECTIONS);
    }

    /** When something moved last, in the terms of {@link System#nanoTime}; for one that has begun. */
    protected long lastMoved() {
        return moved;
    }

    /** Nothing has moved for so long. */
    final void stalled(Duration most) {
        stalled = most;
        stop();
    }

    /** Ends the request soon; it has ended when {@link #failed} is told, or {@link #answered}. */
    protected final synchronized void stop() {
        cancelled = true;
        if (stream != null) {
            stream.cancel();
        }
    }

    /** @param left how many connections may still be tried, this one among them */
    private void acquire(HttpRequest request, int left) {
        CompletableFuture<?> unused = connections.acquire().whenComplete((acquired, e) -> {
            if (e == null) {
                send(request, acquired, left);
            } else {
                failed(e);
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
            moved = System.nanoTime();
            connections.begun(this);
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
                failed(e);
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
    public final void onResponseHeaders(HttpStream from, int responseStatus, int block, HttpHeader[] some) {
        if (block != HttpHeaderBlock.MAIN.getValue()) {
            return;
        }
        moved = System.nanoTime();
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
    public final void onResponseHeadersDone(HttpStream from, int block) {
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
    public final int onResponseBody(HttpStream from, byte[] some) {
        moved = System.nanoTime();
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
    public final void onResponseComplete(HttpStream from, int errorCode) {
        try {
            letGo();
            HttpRequest lost = again;
            again = null;
            if (lost != null && stalled == null && status == 0 && isClosed(errorCode)) {
                acquire(lost, CONNECTIONS);
            } else {
                end(errorCode);
            }
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void end(int errorCode) {
        if (unread != null) {
            failed(unread);
        } else if (errorCode != CRT.AWS_CRT_SUCCESS && stalled != null) {
            failed(new IOException("nothing moved for " + stalled.toSeconds() + " s"));
        } else if (errorCode != CRT.AWS_CRT_SUCCESS) {
            failed(new HttpException(errorCode));
        } else if (status == 0) {
            failed(new IOException("what answers there is no HTTP server, perhaps one that wants https://"));
        } else {
            answered();
        }
    }

    /** Of the answer; 0: there is none yet. */
    public final int status() {
        return status;
    }

    /** Whether the server says that it did what was asked for. */
    protected final boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** The last header of this name, in any case; empty: there is none. */
    public final String header(String name) {
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

    /** All headers, in their order. */
    protected final HttpHeader[] headers() {
        return headers;
    }

    /** The body of the answer, cut off where it is far too long. */
    public final byte[] text() {
        return text == null ? new byte[0] : text.toByteArray();
    }

    /** Of the request and of its connection, once each. */
    private synchronized void letGo() {
        connections.ended(this);
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
}
