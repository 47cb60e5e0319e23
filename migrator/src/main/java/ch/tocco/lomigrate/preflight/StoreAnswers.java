package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.store.StoreException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Waits for the store's answers at the start of a run, while the user watches: up to a minute for each, and no longer once
 * the run has to end. Thread-safe.
 */
public final class StoreAnswers {
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final RunControl control;

    public StoreAnswers(RunControl control) {
        this.control = control;
    }

    /**
     * Returns the answer.
     *
     * @throws StoreException the request failed, or was given up and cancelled
     */
    <T> T await(CompletableFuture<T> request) throws StoreException, InterruptedException {
        if (!control.await(request, LONGEST)) {
            request.cancel(true);
            String why = control.ended() ? "the run was stopped" : "no answer within " + LONGEST.toSeconds() + " s";
            throw failure(FaultKind.PASSING, why, null);
        }
        try {
            return request.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StoreException known
                    ? known
                    : failure(FaultKind.OBJECT, e.getCause().toString(), e.getCause());
        }
    }

    private static StoreException failure(FaultKind kind, String why, Throwable cause) {
        return new StoreException(kind, FailureReason.UNAVAILABLE, why, cause);
    }
}
