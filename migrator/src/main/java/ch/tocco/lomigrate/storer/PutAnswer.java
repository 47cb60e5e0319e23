package ch.tocco.lomigrate.storer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.SdkAsyncHttpResponseHandler;
import software.amazon.awssdk.utils.BinaryUtils;

/** Waits for the answer to one PUT: completes with the ETag, or fails with what the store says. */
final class PutAnswer extends CompletableFuture<String> implements SdkAsyncHttpResponseHandler, Subscriber<ByteBuffer> {
    /** Errors are a few hundred bytes; what answers with more is no S3 server. */
    private static final int MAX_ERROR = 64 << 10;

    private final String operation;
    private final ByteArrayOutputStream error = new ByteArrayOutputStream(0);
    private volatile CompletableFuture<Void> request;
    private SdkHttpResponse response;

    PutAnswer(String operation) {
        this.operation = operation;
    }

    /** The request is under way. */
    void sent(CompletableFuture<Void> newRequest) {
        request = newRequest;
        CompletableFuture<?> unused = newRequest.whenComplete((ended, e) -> {
            if (e != null) {
                completeExceptionally(e);
            }
        });
    }

    @Override
    public void onHeaders(SdkHttpResponse headers) {
        response = headers;
    }

    @Override
    public void onStream(Publisher<ByteBuffer> body) {
        body.subscribe(this);
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer body) {
        if (!response.isSuccessful() && error.size() < MAX_ERROR) {
            error.writeBytes(BinaryUtils.copyBytesFrom(body));
        }
    }

    @Override
    public void onComplete() {
        if (response.isSuccessful()) {
            complete(response.firstMatchingHeader("ETag").orElse(""));
        } else {
            S3Error said = S3Error.parse(error.toByteArray());
            completeExceptionally(
                    S3Faults.ofAnswer(operation, response.statusCode(), said.code(), said.message(), null));
        }
    }

    @Override
    public void onError(Throwable e) {
        completeExceptionally(e);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        CompletableFuture<Void> sent = request;
        if (sent != null) {
            sent.cancel(mayInterruptIfRunning);
        }
        return super.cancel(mayInterruptIfRunning);
    }
}
