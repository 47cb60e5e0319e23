package ch.tocco.lomigrate.lifecycle;

import ch.tocco.lomigrate.pacing.Limits;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Where the stages ask whether they may begin something new: a page of a listing, a batch of reads, a PUT. A closed gate
 * begins none of these. It does not hold up what has begun, nor commits. An open gate without a rate or a limit costs one
 * look at a field. Thread-safe.
 */
public final class Gate {
    /** As many threads as were started. */
    public static final int ALL = Integer.MAX_VALUE;

    private static final Logger LOG = LogManager.getLogger(Gate.class);

    private final RunControl control;
    private final Limits limits;
    private final PutRate rate;

    /** What holds it closed, by who does. All below are guarded by this gate's monitor. */
    private final Map<String, String> closed = new LinkedHashMap<>();

    /** How often and how long each has held it closed, by who does. */
    private final Map<String, Closure> closures = new LinkedHashMap<>();

    private long closedAt;
    private long putsBegun;
    private long bytesBegun;

    private volatile boolean open = true;

    /** How many receivers may read at once, and how many do. */
    private volatile int readersAllowed = ALL;

    private final AtomicInteger readers = new AtomicInteger();

    private volatile int putsAllowed = ALL;

    /** Whether each PUT must be counted. */
    private volatile boolean counting;

    /**
     * Makes an open gate.
     *
     * @param control of the run that this gate belongs to
     * @param putsPerSecond PUTs that may begin in a second; infinity: any number
     * @param limits how many PUTs and bytes may begin at all; reaching one ends the run
     */
    Gate(RunControl control, double putsPerSecond, Limits limits) {
        this.control = control;
        this.limits = limits;
        this.rate = new PutRate(putsPerSecond, System.nanoTime());
        this.counting = counts();
        control.onEnd(this::wake);
        control.urgentEnd().onEnd(this::wake);
    }

    /** Waits while the gate is closed; false once the run has ended. */
    public boolean mayBegin() throws InterruptedException {
        return open ? !control.ended() : awaitOpen();
    }

    private synchronized boolean awaitOpen() throws InterruptedException {
        while (!open && !control.ended()) {
            wait();
        }
        return !control.ended();
    }

    /**
     * Waits while as many receivers read small objects as may; false once the run has ended. After true call {@link #hasRead}.
     * Hold nothing that others wait for.
     */
    public boolean mayRead() throws InterruptedException {
        return beginsToRead() || awaitTurnToRead();
    }

    private boolean beginsToRead() {
        int reading = readers.get();
        while (reading < readersAllowed) {
            if (readers.compareAndSet(reading, reading + 1)) {
                return true;
            }
            reading = readers.get();
        }
        return false;
    }

    private synchronized boolean awaitTurnToRead() throws InterruptedException {
        while (!control.ended()) {
            if (beginsToRead()) {
                return true;
            }
            wait();
        }
        return false;
    }

    /** A receiver has read what it began to. */
    public void hasRead() {
        readers.decrementAndGet();
        if (readersAllowed != ALL) {
            wake();
        }
    }

    /** Whether fewer receivers may read than were started. */
    public boolean limitsReaders() {
        return readersAllowed != ALL;
    }

    /** From now on so many receivers may read small objects at once; {@link #ALL}: as many as there are. */
    public synchronized void readers(int most) {
        readersAllowed = most;
        notifyAll();
    }

    /** From now on so many PUTs of small objects may be in flight at once; {@link #ALL}: as many as there is room for. */
    public void putsInFlight(int most) {
        putsAllowed = most;
    }

    /** How many PUTs of small objects may be in flight at once, at least 1. */
    public int putsInFlight() {
        return putsAllowed;
    }

    /** Waits until an object's PUT may begin, which then counts as begun; false once the run has ended. */
    public boolean mayPut(long bytes) throws InterruptedException {
        return isFree() ? !control.ended() : awaitPut(bytes, bytes);
    }

    /** The same for an object that is sent in parts: each of them is {@linkplain #awaitPart waited for} on its own. */
    public boolean mayPutInParts(long bytes) throws InterruptedException {
        return isFree() ? !control.ended() : awaitPut(bytes, 0);
    }

    /** Whether nothing is to be waited for or counted. */
    private boolean isFree() {
        return open && !counting;
    }

    private synchronized boolean awaitPut(long bytes, long sentAtOnce) throws InterruptedException {
        while (!control.ended()) {
            long wait = rate.waitNanos(System.nanoTime());
            if (!open) {
                wait();
            } else if (wait > 0) {
                waitNanos(wait);
            } else if (limitIsReached()) {
                return false;
            } else {
                putsBegun++;
                bytesBegun += bytes;
                rate.begun(1, sentAtOnce, System.nanoTime());
                return true;
            }
        }
        return false;
    }

    /** Waits until a part of an object whose PUT has begun may be sent; a closed gate does not matter, as it goes on. */
    public synchronized void awaitPart(long bytes) throws InterruptedException {
        long wait = rate.waitNanos(System.nanoTime());
        while (wait > 0 && !control.urgentEnd().ended()) {
            waitNanos(wait);
            wait = rate.waitNanos(System.nanoTime());
        }
        rate.begun(0, bytes, System.nanoTime());
    }

    /** A body is sent once more: it does not wait, the next one waits longer. */
    public void again(long bytes) {
        if (counting) {
            synchronized (this) {
                rate.begun(1, bytes, System.nanoTime());
            }
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the callers look again
    private void waitNanos(long nanos) throws InterruptedException {
        wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
    }

    private boolean limitIsReached() {
        if (limits.objects().isPresent() && putsBegun >= limits.objects().getAsLong()) {
            control.limit("--max-objects " + limits.objects().getAsLong());
            return true;
        }
        if (limits.bytes().isPresent() && bytesBegun >= limits.bytes().getAsLong()) {
            control.limit("--max-bytes " + limits.bytes().getAsLong());
            return true;
        }
        return false;
    }

    /** From now on so many bytes of request bodies may be sent in a second; infinity: any number. */
    public synchronized void bytesPerSecond(double bytes) {
        rate.bytesPerSecond(bytes, System.nanoTime());
        counting = counts();
        notifyAll();
    }

    /** From now on so many PUTs may begin in a second; infinity: any number. */
    public synchronized void putsPerSecond(double puts) {
        rate.putsPerSecond(puts, System.nanoTime());
        counting = counts();
        notifyAll();
    }

    private boolean counts() {
        return rate.bounds() || limits.objects().isPresent() || limits.bytes().isPresent();
    }

    /**
     * Holds the gate closed until the same one opens it.
     *
     * @param by who closes it
     * @param reason for the user, in one line
     */
    public synchronized void close(String by, String reason) {
        if (closed.put(by, reason) == null) {
            closures.putIfAbsent(by, Closure.NONE);
            closures.computeIfPresent(by, (who, before) -> before.begun(System.nanoTime()));
        }
        if (open) {
            open = false;
            closedAt = System.nanoTime();
            LOG.info("paused: {}", reason);
        }
    }

    /** No longer holds the gate closed; it opens when no other does. */
    public synchronized void open(String by) {
        if (closed.remove(by) == null) {
            return;
        }
        closures.computeIfPresent(by, (who, before) -> before.ended(System.nanoTime()));
        if (closed.isEmpty()) {
            open = true;
            LOG.info("goes on after a pause of {} s", closedFor().toSeconds());
            notifyAll();
        }
    }

    /** Why the gate is closed and since when, in one line; empty while it is open. */
    public synchronized Optional<String> waiting() {
        return closed.isEmpty()
                ? Optional.empty()
                : Optional.of("paused since " + closedFor().toSeconds() + " s: " + String.join("; ", closed.values()));
    }

    /** How often and how long it was held closed, by who held it, in the order in which they first did. */
    public synchronized Map<String, Closure> closures() {
        long now = System.nanoTime();
        Map<String, Closure> upToNow = new LinkedHashMap<>(closures);
        upToNow.replaceAll((by, closure) -> closure.upTo(now));
        return upToNow;
    }

    /** Whether the next PUT has to wait for the allowed rate of PUTs or bytes. */
    public synchronized boolean holdsBack() {
        return rate.bounds() && rate.waitNanos(System.nanoTime()) > 0;
    }

    private Duration closedFor() {
        return Duration.ofNanos(System.nanoTime() - closedAt);
    }

    private synchronized void wake() {
        notifyAll();
    }

    /**
     * How one has held the gate closed.
     *
     * @param times how often
     * @param held how long, all times together
     * @param now whether it does so now
     * @param since when it last began, in the terms of {@link System#nanoTime}
     */
    public record Closure(long times, Duration held, boolean now, long since) {
        private static final Closure NONE = new Closure(0, Duration.ZERO, false, 0);

        private Closure begun(long at) {
            return new Closure(times + 1, held, true, at);
        }

        private Closure upTo(long at) {
            return now ? new Closure(times, held.plusNanos(at - since), true, at) : this;
        }

        private Closure ended(long at) {
            return new Closure(times, upTo(at).held, false, at);
        }
    }

    /**
     * How many PUTs may begin in a second, and how many bytes they may have. What begins is owed: the next PUT waits until that
     * is paid off at the allowed rate, so that a body of any size passes and the average holds. Nothing is saved up for longer
     * than a tenth of a second. A leaky bucket with debt, in two additions: a library's buckets bound a single body by their own
     * size. Not thread-safe: the gate guards it.
     */
    static final class PutRate {
        private static final long BURST_NANOS = Duration.ofMillis(100).toNanos();
        private static final double NANOS = 1e9;

        private double putsPerSecond;
        private double bytesPerSecond = Double.POSITIVE_INFINITY;

        /** When all that has begun is paid off, for a rate of PUTs and one of bytes; in the terms of nanoTime. */
        private long putsPaid;

        private long bytesPaid;

        /** @param putsPerSecond infinity: any number */
        PutRate(double putsPerSecond, long now) {
            this.putsPerSecond = putsPerSecond;
            this.putsPaid = now;
            this.bytesPaid = now;
        }

        /** @param bytes a second from now on; infinity: any number. What is owed is paid off at the new rate. */
        void bytesPerSecond(double bytes, long now) {
            bytesPaid = paidAt(bytesPaid, bytesPerSecond, bytes, now);
            bytesPerSecond = bytes;
        }

        /** @param puts a second from now on; infinity: any number. What is owed is paid off at the new rate. */
        void putsPerSecond(double puts, long now) {
            putsPaid = paidAt(putsPaid, putsPerSecond, puts, now);
            putsPerSecond = puts;
        }

        private static long paidAt(long paid, double before, double after, long now) {
            double owed = Double.isInfinite(before) ? 0 : Math.max(0, paid - now) / NANOS * before;
            return now + (long) (owed / after * NANOS);
        }

        /** Whether it bounds anything. */
        boolean bounds() {
            return !Double.isInfinite(putsPerSecond) || !Double.isInfinite(bytesPerSecond);
        }

        /** Nanoseconds until a PUT may begin; 0 or less: it may now. */
        long waitNanos(long now) {
            return Math.max(putsPaid - now, bytesPaid - now);
        }

        /** A PUT begins. */
        void begun(long puts, long bytes, long now) {
            putsPaid = Math.max(putsPaid, now - BURST_NANOS) + (long) (puts / putsPerSecond * NANOS);
            bytesPaid = Math.max(bytesPaid, now - BURST_NANOS) + (long) (bytes / bytesPerSecond * NANOS);
        }
    }
}
