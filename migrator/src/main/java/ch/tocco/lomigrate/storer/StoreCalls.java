package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.control.FaultKind;
import ch.tocco.lomigrate.control.RunAborted;
import ch.tocco.lomigrate.control.RunEndedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Requests for threads that wait for the answer, tried again while a passing fault is in the way. Thread-safe. */
final class StoreCalls {
    private static final long TICK_MILLIS = 50;
    private static final int END_TICKS = 100;

    private final StorerSetup setup;
    private final StoreProbe probe;

    StoreCalls(StorerSetup setup) {
        this.setup = setup;
        this.probe = new StoreProbe(setup.store());
    }

    /**
     * Sends a request and waits for its answer. When this returns or throws, the client has let go of the request.
     *
     * @throws StoreException the object cannot be stored
     * @throws RunEndedException the run has ended and the grace is over
     * @throws RunAborted the answer ends the run
     */
    <T> T call(Supplier<CompletableFuture<T>> request) throws StoreException, RunEndedException, InterruptedException {
        return call(0, request);
    }

    /** The same with a request that sends so many bytes, which take their time. */
    <T> T call(long bytes, Supplier<CompletableFuture<T>> request)
            throws StoreException, RunEndedException, InterruptedException {
        long longest = setup.longest(bytes).toNanos();
        Tries tries = new Tries();
        while (true) {
            boolean othersWait = setup.breaker().awaitTurn(setup.grace()::isOver);
            if (othersWait && bytes > 0 && isAway()) {
                continue;
            }
            tries.begin(setup.breaker());
            try {
                T answer = answer(request.get(), longest);
                setup.breaker().succeeded();
                return answer;
            } catch (ExecutionException e) {
                StoreException failure = S3Faults.of("request", e);
                giveUpOrGoOn(failure, tries);
            }
        }
    }

    /** Asks with what takes no time, so that nobody waits until all of a giant is sent. The breaker is told. */
    private boolean isAway() throws InterruptedException {
        long begun = System.nanoTime();
        try {
            callOnce(probe::putAndDelete);
        } catch (StoreException e) {
            if (e.kind() == FaultKind.PASSING) {
                setup.breaker().failed(e.getMessage(), begun);
                return true;
            }
        }
        setup.breaker().answers();
        return false;
    }

    private void giveUpOrGoOn(StoreException failure, Tries tries)
            throws StoreException, RunEndedException, InterruptedException {
        if (failure.kind() == FaultKind.PASSING) {
            boolean ownFailure = tries.needProbe(setup.breaker(), failure) && probeIsStored();
            boolean exhausted =
                    ownFailure ? tries.failedBesideProbe(setup.breaker()) : tries.failed(setup.breaker(), failure);
            if (setup.grace().isOver()) {
                throw new RunEndedException("the store");
            }
            if (exhausted) {
                throw failure;
            }
            return;
        }
        setup.breaker().succeeded();
        if (failure.kind() == FaultKind.RUN) {
            throw new RunAborted(RunAborted.Kind.FAULT, "store: " + failure.getMessage(), failure);
        }
        throw failure;
    }

    private boolean probeIsStored() throws InterruptedException {
        try {
            callOnce(probe::putAndDelete);
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    private <T> T answer(CompletableFuture<T> sent, long longestNanos) throws ExecutionException, InterruptedException {
        int ticksAfterCancel = 0;
        long begun = System.nanoTime();
        while (true) {
            try {
                return sent.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException notYet) {
                if (setup.grace().isOver() || System.nanoTime() - begun > longestNanos) {
                    sent.cancel(true);
                    if (ticksAfterCancel++ > END_TICKS) {
                        throw new ExecutionException(notYet);
                    }
                }
            }
        }
    }

    /** Sends a request once, whatever state the run is in, and waits for its answer for a bounded time. */
    <T> T callOnce(Supplier<CompletableFuture<T>> request) throws StoreException, InterruptedException {
        try {
            return request.get().get(END_TICKS * TICK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw S3Faults.of("request", e);
        }
    }
}
