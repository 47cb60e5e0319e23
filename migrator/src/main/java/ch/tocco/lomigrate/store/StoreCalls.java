package ch.tocco.lomigrate.store;

import ch.tocco.lomigrate.lifecycle.Attempts;
import ch.tocco.lomigrate.lifecycle.Attempts.Next;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunEnd;
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
    /** How long a request may take that is sent once. */
    private static final Duration ONCE = Duration.ofSeconds(5);

    /** How long the client may take to let go of a request that is cancelled. */
    private static final Duration LETTING_GO = Duration.ofSeconds(5);

    /** Slower than any line that giants are sent over, even shared by all requests under way. */
    private static final long SLOWEST_BYTES_PER_SECOND = 64 << 10;

    private final StoreProbe probe;
    private final Breaker breaker;
    private final StopGrace grace;
    private final Duration longest;

    /**
     * Prepares calls.
     *
     * @param probe tells whether the store is away
     * @param breaker where all wait while the store is away
     * @param grace when the run has ended: how long requests under way may still go on
     * @param longest time that one request without content may take
     */
    public StoreCalls(StoreProbe probe, Breaker breaker, StopGrace grace, Duration longest) {
        this.probe = probe;
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
        Duration most = longest.plusSeconds(bytes / SLOWEST_BYTES_PER_SECOND);
        Attempts attempts = new Attempts(breaker, Attempts.Pace.STORE);
        while (true) {
            boolean othersWait = breaker.awaitTurn(grace);
            if (othersWait && bytes > 0 && isAway()) {
                continue;
            }
            attempts.begin();
            try {
                T answer = answer(request.get(), most);
                attempts.answered();
                return answer;
            } catch (ExecutionException e) {
                giveUpOrGoOn(StoreException.of("request", e), attempts);
            }
        }
    }

    /** Sends a small probe, so that others need not wait until a giant is sent. Tells the breaker. */
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
            if (grace.ended()) {
                throw new RunEndedException("the store");
            }
            if (next == Next.GIVE_UP) {
                throw failure;
            }
            breaker.triedAgain(failure.answer().words());
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

    private <T> T answer(CompletableFuture<T> sent, Duration most) throws ExecutionException, InterruptedException {
        if (!grace.await(sent, most)) {
            sent.cancel(true);
            if (!RunEnd.NEVER.await(sent, LETTING_GO)) {
                throw new ExecutionException(new TimeoutException());
            }
        }
        return sent.get();
    }

    /** Sends a request once, whatever state the run is in, and waits for its answer for a bounded time. */
    public <T> T callOnce(Supplier<CompletableFuture<T>> request) throws StoreException, InterruptedException {
        try {
            return request.get().get(ONCE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw StoreException.of("request", e);
        }
    }
}
