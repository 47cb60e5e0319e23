package ch.tocco.lomigrate.store;

import ch.tocco.lomigrate.lifecycle.Attempts;
import ch.tocco.lomigrate.lifecycle.Attempts.Next;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.lifecycle.StopGrace;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Requests for threads that wait for the answer, tried again while a passing fault is in the way. Thread-safe. */
public final class StoreCalls {
    private static final long TICK_MILLIS = 50;
    private static final int END_TICKS = 100;

    /** Slower than any line that giants are sent over, even shared by all requests under way. */
    private static final long SLOWEST_BYTES_PER_SECOND = 64 << 10;

    private final StoreProbe probe;
    private final Breaker breaker;
    private final StopGrace grace;
    private final Duration longest;

    /**
     * Prepares calls.
     *
     * @param breaker where all wait while the store is away
     * @param grace when the run has ended: how long requests under way may still go on
     * @param longest time that one request without content may take
     */
    public StoreCalls(ObjectStore store, Breaker breaker, StopGrace grace, Duration longest) {
        this.probe = new StoreProbe(store);
        this.breaker = breaker;
        this.grace = grace;
        this.longest = longest;
    }

    /**
     * Sends a request and waits for its answer. When this returns or throws, the client has let go of the request.
     *
     * @throws StoreException the object cannot be stored
     * @throws RunEndedException the run has ended and the grace is over
     * @throws RunAborted the answer ends the run
     */
    public <T> T call(Supplier<CompletableFuture<T>> request)
            throws StoreException, RunEndedException, InterruptedException {
        return call(0, request);
    }

    /** The same with a request that sends so many bytes, which take their time. */
    public <T> T call(long bytes, Supplier<CompletableFuture<T>> request)
            throws StoreException, RunEndedException, InterruptedException {
        long nanos = longest.plusSeconds(bytes / SLOWEST_BYTES_PER_SECOND).toNanos();
        Attempts attempts = new Attempts(breaker, Attempts.Pace.STORE);
        while (true) {
            boolean othersWait = breaker.awaitTurn(grace::isOver);
            if (othersWait && bytes > 0 && isAway()) {
                continue;
            }
            attempts.begin();
            try {
                T answer = answer(request.get(), nanos);
                attempts.answered();
                return answer;
            } catch (ExecutionException e) {
                giveUpOrGoOn(StoreException.of("request", e), attempts);
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
                breaker.failed(e.getMessage(), begun);
                return true;
            }
        }
        breaker.answers();
        return false;
    }

    private void giveUpOrGoOn(StoreException failure, Attempts attempts)
            throws StoreException, RunEndedException, InterruptedException {
        if (failure.kind() == FaultKind.PASSING) {
            Next next = attempts.failed(failure.getMessage(), failure.suspicion());
            if (next == Next.PROBE) {
                next = attempts.probed(probeIsStored());
            }
            if (grace.isOver()) {
                throw new RunEndedException("the store");
            }
            if (next == Next.GIVE_UP) {
                throw failure;
            }
            return;
        }
        attempts.answered();
        if (failure.worthTrying() == StoreException.WorthTrying.PROBE_AT_ONCE && probeIsStored()) {
            throw failure.ofThisObject();
        }
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
                if (grace.isOver() || System.nanoTime() - begun > longestNanos) {
                    sent.cancel(true);
                    if (ticksAfterCancel++ > END_TICKS) {
                        throw new ExecutionException(notYet);
                    }
                }
            }
        }
    }

    /** Sends a request once, whatever state the run is in, and waits for its answer for a bounded time. */
    public <T> T callOnce(Supplier<CompletableFuture<T>> request) throws StoreException, InterruptedException {
        try {
            return request.get().get(END_TICKS * TICK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw StoreException.of("request", e);
        }
    }
}
