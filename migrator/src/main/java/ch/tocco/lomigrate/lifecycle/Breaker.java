package ch.tocco.lomigrate.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Where all who need one server wait together while it is away. The first passing fault opens the breaker; then one
 * caller at a time tries again, with exponential backoff and full jitter between the tries, and the first success lets
 * all go on, or the first sign that there will be one. An outage that outlasts the timeout aborts the run, but not while
 * a try is under way, which may be the one that ends it. Thread-safe.
 */
public final class Breaker {
    private static final Logger LOG = LogManager.getLogger(Breaker.class);

    /** Further causes are counted together: a server that makes new ones up must not fill the memory. */
    private static final int MOST_CAUSES = 50;

    private static final String OTHER_CAUSES = "other";

    private final String server;
    private final Duration timeout;
    private final RunControl control;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private final Map<String, LongAdder> triedAgain = new ConcurrentHashMap<>();
    private Outage outage;
    private long successes;

    /** Who is told of outages. It must not block, as all who wait for the server would wait for it. */
    public interface Listener {
        /** Nothing is told. */
        Listener NONE = new Listener() {
            @Override
            public void away(String server, String cause) {}

            @Override
            public void back(String server) {}
        };

        /** Someone waits for a server that is away; it may be told for each of several who do. */
        void away(String server, String cause);

        /** What was told has come to its end; it is told as often. */
        void back(String server);
    }

    /**
     * @param server what is waited for, as the user knows it
     * @param timeout longest outage that is waited out
     */
    public Breaker(String server, Duration timeout, RunControl control) {
        this.server = server;
        this.timeout = timeout;
        this.control = control;
    }

    /**
     * Waits until the caller may try. A caller that may, must report {@link #succeeded} or {@link #failed}, and must bound how
     * long it takes until then: no other thread ends the run meanwhile.
     *
     * @param giveUp from when on nothing is waited for
     * @return whether all others wait for what comes of this try
     * @throws RunEndedException the wait was given up, or the outage has outlasted the timeout
     */
    @SuppressWarnings("try") // the registration only wakes
    public boolean awaitTurn(RunEnd giveUp) throws RunEndedException, InterruptedException {
        lock.lock();
        try {
            if (mayGo()) {
                return isProbing();
            }
        } finally {
            lock.unlock();
        }
        try (RunEnd.Registration waking = giveUp.onEnd(this::wake)) {
            return awaitChange(giveUp);
        }
    }

    private boolean awaitChange(RunEnd giveUp) throws RunEndedException, InterruptedException {
        lock.lock();
        try {
            while (!mayGo()) {
                if (giveUp.ended() || timedOut()) {
                    throw new RunEndedException(server);
                }
                if (outage.probing) {
                    changed.await();
                } else {
                    changed.awaitNanos(nanosToNextProbe());
                }
            }
            return isProbing();
        } finally {
            lock.unlock();
        }
    }

    private boolean isProbing() {
        return outage != null && outage.probing;
    }

    /** Until a caller may try, or until the timeout. */
    private long nanosToNextProbe() {
        long toTimeout = timeout.minus(outage.age()).toNanos() + 1;
        return Math.min(outage.nextProbe - System.nanoTime(), toTimeout);
    }

    private void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The same without waiting: true if the caller may try now. */
    public boolean tryTurn() {
        lock.lock();
        try {
            return !timedOut() && mayGo();
        } finally {
            lock.unlock();
        }
    }

    /** How long at least until {@link #tryTurn} may say true, unless a watcher is told before. */
    public long nanosToTurn() {
        lock.lock();
        try {
            if (outage == null || outage.heard) {
                return 0;
            }
            return outage.probing ? Long.MAX_VALUE : Math.max(0, nanosToNextProbe());
        } finally {
            lock.unlock();
        }
    }

    /**
     * For callers that cannot block in {@link #awaitTurn}.
     *
     * @param watcher is told whenever {@link #tryTurn} may have another answer than before; it must not block
     * @return close it when the watcher need no longer be told
     */
    public RunEnd.Registration onChange(Runnable watcher) {
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }

    /** By a caller that holds the lock. */
    private void tellAll() {
        changed.signalAll();
        watchers.forEach(Runnable::run);
    }

    /** The server answered: all go on. */
    public void succeeded() {
        lock.lock();
        try {
            successes++;
            if (outage != null) {
                sayItIsBack();
                outage = null;
                tellAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The same for a thread that must not wait: what ends an outage is told to the log.
     *
     * @return false: nothing was counted, another thread has to say it with {@link #succeeded}
     */
    public boolean trySucceeded() {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            if (outage != null) {
                return false;
            }
            successes++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The server began to answer what may take long: all go on. That is no success yet: a failure that comes next,
     * without a success in between, belongs to the same outage, but the time in between does not count. So callers wait for a server
     * that breaks off every answer with growing pauses, and not without end.
     */
    public void answers() {
        lock.lock();
        try {
            if (outage != null && !outage.heard) {
                sayItIsBack();
                outage.heardNow();
                tellAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void sayItIsBack() {
        if (outage.announced) {
            LOG.info("{} is back after {} s", server, outage.age().toSeconds());
            control.listener().back(server);
        }
    }

    /** The same as {@link #failed(String, long)} for a request that began with the caller's turn. */
    public void failed(String cause) {
        failed(cause, System.nanoTime());
    }

    /**
     * The server did not answer, or answered that it cannot now: all wait.
     *
     * @param begun when the request began, in the terms of {@link System#nanoTime}
     */
    public void failed(String cause, long begun) {
        lock.lock();
        try {
            if (outage == null) {
                outage = new Outage(cause);
            }
            if (outage.failures == 0 || tells(begun)) {
                outage.failedAgain(cause);
            }
            if (outage.failures > 1 && !outage.heard && !outage.announced) {
                outage.announced = true;
                LOG.warn("{} is away, waiting up to {} min: {}", server, timeout.toMinutes(), cause);
                control.listener().away(server, cause);
            }
            tellAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a failure of a request that began then would make all believe that the server is away. */
    public boolean wouldTell(long begun) {
        lock.lock();
        try {
            return outage != null && tells(begun);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Requests that were under way when the outage began say nothing new: only a failed probe waits longer, and only its
     * end lets the next one go.
     */
    private boolean tells(long begun) {
        return (outage.probing || outage.heard) && begun - outage.since >= 0;
    }

    /** Counts successes, so that a caller can tell whether its failure was one of many or only its own. */
    public long successes() {
        lock.lock();
        try {
            return successes;
        } finally {
            lock.unlock();
        }
    }

    /** What is waited for, as the user knows it. */
    public String server() {
        return server;
    }

    /**
     * A call failed in passing, and is made again.
     *
     * @param cause in few words of this tool, not in those of the server
     */
    public void triedAgain(String cause) {
        boolean known = triedAgain.size() < MOST_CAUSES || triedAgain.containsKey(cause);
        triedAgain
                .computeIfAbsent(known ? cause : OTHER_CAUSES, c -> new LongAdder())
                .increment();
    }

    /** How often calls were made again, by cause, in the order of the causes. */
    public Map<String, Long> triedAgain() {
        Map<String, Long> counts = new TreeMap<>();
        triedAgain.forEach((cause, count) -> counts.put(cause, count.sum()));
        return counts;
    }

    /** How long it has been waited for; empty while it is not. */
    public Optional<Duration> away() {
        lock.lock();
        try {
            return isAway() ? Optional.of(outage.age()) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private boolean isAway() {
        return outage != null && !outage.heard && outage.failures >= 2;
    }

    /** What is waited for and since when, in one line; empty while nothing is. */
    public Optional<String> waiting() {
        lock.lock();
        try {
            return isAway()
                    ? Optional.of(
                            "waiting for " + server + " since " + outage.age().toSeconds() + " s: " + outage.cause)
                    : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private boolean mayGo() {
        if (outage == null || outage.heard) {
            return true;
        }
        if (outage.probing || System.nanoTime() - outage.nextProbe < 0) {
            return false;
        }
        outage.probing = true;
        return true;
    }

    private boolean timedOut() {
        return outage != null && !outage.probing && !outage.heard && outlasted(outage.age(), outage.cause);
    }

    /** True, and the run is aborted, if a caller has waited for longer than the timeout, whatever others got. */
    public boolean outlasted(Duration waited, String cause) {
        return outlasted(waited, server + " was away", cause);
    }

    /** The same for another reason than that the server is away: {@code what}, in the past tense. */
    public boolean outlasted(Duration waited, String what, String cause) {
        if (waited.compareTo(timeout) <= 0) {
            return false;
        }
        String message = what + " for more than " + timeout.toMinutes() + " min: " + cause;
        control.abort(new RunAborted(RunAborted.Kind.OUTAGE, message, null));
        return true;
    }

    /** One outage, from the first fault to the first success. Guarded by the breaker. */
    private static final class Outage {
        /** When it began, later by the time that the server was heard. */
        long since = System.nanoTime();

        String cause;
        int failures;
        long nextProbe;
        boolean probing;
        boolean announced;

        /** Whether the server began to answer after the last failure. */
        boolean heard;

        private long heardAt;

        Outage(String cause) {
            this.cause = cause;
        }

        void heardNow() {
            heard = true;
            heardAt = System.nanoTime();
            probing = false;
            announced = false;
        }

        void failedAgain(String newCause) {
            if (heard) {
                heard = false;
                since += System.nanoTime() - heardAt;
            }
            cause = newCause;
            failures++;
            probing = false;
            nextProbe = System.nanoTime() + Backoff.nanos(failures);
        }

        Duration age() {
            return Duration.ofNanos(System.nanoTime() - since);
        }
    }
}
