package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.StoreException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A request under way, in the terms of {@link ObjectStore}: fails with a {@link StoreException}, and cancelling it only
 * passes the wish on, so that it is complete when the client has let go of the request.
 *
 * @param <A> the client's answer
 * @param <T> what the caller wants of it
 */
final class StoreRequest<A, T> extends CompletableFuture<T> {
    private final CompletableFuture<A> sent;

    StoreRequest(String operation, CompletableFuture<A> sent, Function<A, T> result) {
        this.sent = sent;
        CompletableFuture<?> unused = sent.whenComplete((answer, e) -> {
            if (e != null) {
                completeExceptionally(S3Faults.of(operation, e));
            } else {
                complete(operation, answer, result);
            }
        });
    }

    /** An answer that lacks what is wanted of it must not leave the caller waiting. */
    private void complete(String operation, A answer, Function<A, T> result) {
        try {
            complete(result.apply(answer));
        } catch (RuntimeException e) {
            completeExceptionally(S3Faults.of(operation, e));
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return sent.cancel(mayInterruptIfRunning);
    }
}
