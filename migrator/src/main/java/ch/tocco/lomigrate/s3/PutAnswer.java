package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.crt.CRT;
import software.amazon.awssdk.crt.http.HttpClientConnection;
import software.amazon.awssdk.crt.http.HttpException;
import software.amazon.awssdk.crt.http.HttpHeader;
import software.amazon.awssdk.crt.http.HttpHeaderBlock;
import software.amazon.awssdk.crt.http.HttpRequest;
import software.amazon.awssdk.crt.http.HttpStream;
import software.amazon.awssdk.crt.http.HttpStreamResponseHandler;

/**
 * One PUT under way: completes with the ETag, or fails with a {@link StoreException}, whatever is thrown on the way.
 * Cancelling it only passes the wish on: it is complete when the client has let go of the request, and of the bytes.
 */
final class PutAnswer extends CompletableFuture<String> implements HttpStreamResponseHandler {
    /** Errors are a few hundred bytes; what answers with more is no S3 server. */
    private static final int MAX_ERROR = 64 << 10;

    private final String operation;
    private final ConnectionPool connections;
    private final PutBody body;
    private final ByteArrayOutputStream error = new ByteArrayOutputStream(0);
    private int status;
    private String etag = "";
    private Throwable unread; // why the answer could not be read; null: it could
    private HttpClientConnection connection; // guarded by this, as it must be given back once
    private HttpStream stream; // guarded by this, as it must not be cancelled once it is closed
    private boolean cancelled; // guarded by this

    PutAnswer(String operation, PutBody body, ConnectionPool connections) {
        this.operation = operation;
        this.body = body;
        this.connections = connections;
    }

    /** Sends the request as soon as there is a connection for it; to be called once. */
    PutAnswer send(HttpRequest request) {
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
            if (cancelled) {
                throw new CancellationException();
            }
            stream = over.makeRequest(request, this);
            stream.activate();
        } catch (Throwable e) {
            // No caller sees what is thrown here: errors, too, must reach the thread that waits.
            try {
                letGo();
            } finally {
                fail(e);
            }
        }
    }

    @Override
    public void onResponseHeaders(HttpStream from, int responseStatus, int block, HttpHeader[] headers) {
        if (block != HttpHeaderBlock.MAIN.getValue()) {
            return;
        }
        try {
            for (HttpHeader header : headers) {
                if (header.getName().equalsIgnoreCase("ETag")) {
                    etag = header.getValue();
                }
            }
            status = responseStatus;
        } catch (Throwable e) {
            // The client would end the request and say no more than that a callback failed.
            unread = e;
        }
    }

    @Override
    public int onResponseBody(HttpStream from, byte[] text) {
        try {
            if (!isSuccess() && error.size() < MAX_ERROR) {
                error.writeBytes(text);
            }
        } catch (Throwable e) {
            unread = e;
        }
        return text.length;
    }

    @Override
    public void onResponseComplete(HttpStream from, int errorCode) {
        try {
            letGo();
            settle(errorCode);
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void settle(int errorCode) {
        if (body.failure() instanceof IOException e) {
            completeExceptionally(S3Faults.ofContent(operation, e));
        } else if (body.failure() != null) {
            fail(body.failure());
        } else if (unread != null) {
            fail(unread);
        } else if (errorCode != CRT.AWS_CRT_SUCCESS) {
            fail(new HttpException(errorCode));
        } else if (isSuccess()) {
            stored();
        } else if (status == 0) {
            fail(new IOException("what answers there is no HTTP server, perhaps one that wants https://"));
        } else {
            S3Error said = S3Error.parse(error.toByteArray());
            completeExceptionally(S3Faults.ofAnswer(operation, status, said.code(), said.message(), null));
        }
    }

    /** Every S3 server gives an ETag, and no other server does: a captive proxy says 200 to a PUT that it has dropped. */
    private void stored() {
        if (etag.isBlank()) {
            completeExceptionally(S3Faults.without("an ETag", operation, status));
            return;
        }
        Optional<StoreException> wrong = body.compare(operation, etag);
        if (wrong.isPresent()) {
            completeExceptionally(wrong.get());
        } else {
            complete(etag);
        }
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
