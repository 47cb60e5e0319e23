package ch.tocco.lomigrate.storer;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.crt.CRT;
import software.amazon.awssdk.crt.http.HttpClientConnection;
import software.amazon.awssdk.crt.http.HttpClientConnectionManager;
import software.amazon.awssdk.crt.http.HttpException;
import software.amazon.awssdk.crt.http.HttpHeader;
import software.amazon.awssdk.crt.http.HttpHeaderBlock;
import software.amazon.awssdk.crt.http.HttpRequest;
import software.amazon.awssdk.crt.http.HttpStream;
import software.amazon.awssdk.crt.http.HttpStreamResponseHandler;

/**
 * One PUT under way: completes with the ETag, or fails with a {@link StoreException}. Cancelling it only passes the wish
 * on: it is complete when the client has let go of the request, and of the bytes.
 */
final class PutAnswer extends CompletableFuture<String> implements HttpStreamResponseHandler {
    /** Errors are a few hundred bytes; what answers with more is no S3 server. */
    private static final int MAX_ERROR = 64 << 10;

    private final String operation;
    private final HttpClientConnectionManager connections;
    private final PutBody body;
    private final ByteArrayOutputStream error = new ByteArrayOutputStream(0);
    private int status;
    private String etag = "";
    private HttpClientConnection connection;
    private HttpStream stream; // guarded by this, as it must not be cancelled once it is closed
    private boolean cancelled; // guarded by this

    PutAnswer(String operation, PutBody body, HttpClientConnectionManager connections) {
        this.operation = operation;
        this.body = body;
        this.connections = connections;
    }

    /** Sends the request as soon as there is a connection for it; to be called once. */
    PutAnswer send(HttpRequest request) {
        CompletableFuture<?> unused = connections.acquireConnection().whenComplete((acquired, e) -> {
            if (e != null) {
                completeExceptionally(S3Faults.of(operation, e));
            } else {
                connection = acquired;
                send(request, acquired);
            }
        });
        return this;
    }

    private synchronized void send(HttpRequest request, HttpClientConnection over) {
        if (cancelled) {
            connections.releaseConnection(over);
            completeExceptionally(S3Faults.of(operation, new CancellationException()));
            return;
        }
        try {
            stream = over.makeRequest(request, this);
            stream.activate();
        } catch (RuntimeException e) {
            letGo();
            completeExceptionally(S3Faults.of(operation, e));
        }
    }

    @Override
    public void onResponseHeaders(HttpStream from, int responseStatus, int block, HttpHeader[] headers) {
        if (block != HttpHeaderBlock.MAIN.getValue()) {
            return;
        }
        status = responseStatus;
        for (HttpHeader header : headers) {
            if (header.getName().equalsIgnoreCase("ETag")) {
                etag = header.getValue();
            }
        }
    }

    @Override
    public int onResponseBody(HttpStream from, byte[] text) {
        if (!isSuccess() && error.size() < MAX_ERROR) {
            error.writeBytes(text);
        }
        return text.length;
    }

    @Override
    public void onResponseComplete(HttpStream from, int errorCode) {
        letGo();
        if (body.failure() != null) {
            completeExceptionally(S3Faults.ofContent(operation, body.failure()));
        } else if (errorCode != CRT.AWS_CRT_SUCCESS) {
            completeExceptionally(S3Faults.of(operation, new HttpException(errorCode)));
        } else if (isSuccess()) {
            stored();
        } else {
            S3Error said = S3Error.parse(error.toByteArray());
            completeExceptionally(S3Faults.ofAnswer(operation, status, said.code(), said.message(), null));
        }
    }

    /** Every S3 server gives an ETag, and nobody else does: a captive proxy says 200 to a PUT that it has dropped. */
    private void stored() {
        if (etag.isBlank()) {
            completeExceptionally(S3Faults.without("an ETag", operation, status));
        } else {
            complete(etag);
        }
    }

    private boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    private synchronized void letGo() {
        if (stream != null) {
            stream.close();
            stream = null;
        }
        connections.releaseConnection(connection);
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
