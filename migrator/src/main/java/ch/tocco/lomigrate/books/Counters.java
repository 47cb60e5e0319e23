package ch.tocco.lomigrate.books;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lo.FailureReason;
import java.lang.invoke.VarHandle;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/**
 * All counters of the run, for the monitor and the outcome. Thread-safe.
 *
 * <p>Each listed object is settled once: committed, failed, discarded or vanished. At the end of a run the two sides
 * are equal; if not, the run has lost an object and must not be trusted.
 */
public final class Counters {
    private final StageCounter observed = new StageCounter();
    private final StageCounter received = new StageCounter();
    private final StageCounter stored = new StageCounter();
    private final StageCounter committed = new StageCounter(this::someSettled);
    private final Map<FailureReason, LongAdder> failed = new EnumMap<>(FailureReason.class);
    private final LongAdder discarded = new LongAdder();
    private final LongAdder vanished = new LongAdder();
    private final LongAdder deferred = new LongAdder();
    private final LongAdder failedAgain = new LongAdder();
    private final LongAdder listedAgain = new LongAdder();
    private final Timings timings = new Timings();
    private final LongAdder withoutSize = new LongAdder();
    private final LongAdder withoutChecksum = new LongAdder();
    private volatile Totals totals;
    private volatile CompletableFuture<Void> awaited; // null: no thread waits

    public Counters() {
        for (FailureReason reason : FailureReason.values()) {
            failed.put(reason, new LongAdder());
        }
    }

    /** Rows that the observer listed, malformed ones included. */
    public StageCounter observed() {
        return observed;
    }

    /**
     * A row was listed that leaves something unchecked.
     *
     * @param size whether it does not say how long its content is
     * @param checksum whether it does not say what its content hashes to
     */
    public void unchecked(boolean size, boolean checksum) {
        if (size) {
            withoutSize.increment();
        }
        if (checksum) {
            withoutChecksum.increment();
        }
    }

    /** Rows that were listed without a size. */
    public long withoutSize() {
        return withoutSize.sum();
    }

    /** Rows that were listed without a checksum. */
    public long withoutChecksum() {
        return withoutChecksum.sum();
    }

    /** Objects that were read and match their rows. */
    public StageCounter received() {
        return received;
    }

    /** Objects that the store acknowledged. */
    public StageCounter stored() {
        return stored;
    }

    /** Objects whose SHA-256 is committed. */
    public StageCounter committed() {
        return committed;
    }

    /** How long calls to the servers take. */
    public Timings timings() {
        return timings;
    }

    /** One more object failed. */
    void failed(FailureReason reason) {
        failed.get(reason).increment();
        someSettled();
    }

    /** Objects that failed, by reason; reasons without any are left out. */
    public Map<FailureReason, Long> failed() {
        Map<FailureReason, Long> counts = new EnumMap<>(FailureReason.class);
        failed.forEach((reason, count) -> counts.put(reason, count.sum()));
        counts.values().removeIf(count -> count == 0);
        return counts;
    }

    /** An object was listed but not begun, or not finished, because the run ended; its row is still pending. */
    public void discarded() {
        discarded.increment();
        someSettled();
    }

    /** Objects that were discarded. */
    public long discardedCount() {
        return discarded.sum();
    }

    /** {@code count} more objects wait for a second try; fewer, if negative. */
    void deferred(long count) {
        deferred.add(count);
        someSettled();
    }

    /** Objects that failed and wait for a second try at the end of the run. */
    public long deferredCount() {
        return deferred.sum();
    }

    /** A row was deleted, or points to another large object, since it was listed. */
    public void vanished() {
        vanished.increment();
        someSettled();
    }

    /** Rows that vanished. */
    public long vanishedCount() {
        return vanished.sum();
    }

    /** An object settled that had failed before: its row was listed twice, or shares key and oid with another row. */
    void failedAgain() {
        failedAgain.increment();
        someSettled();
    }

    /**
     * Counts committed objects without a row of their own, because the row was listed twice. Negative: there are more rows than
     * objects, because some rows share key and oid. Call it before the objects are counted as committed.
     */
    public void listedAgain(long objects) {
        if (objects != 0) {
            listedAgain.add(objects);
        }
    }

    public long failedCount() {
        return failed.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Listed objects that are not under way: they are done with, or wait for their second try. */
    public long settled() {
        return committed.objects()
                + failedCount()
                + failedAgain.sum()
                + discarded.sum()
                + vanished.sum()
                + deferred.sum();
    }

    /** Rows of the table that have got their SHA-256 in this run. */
    public long migratedRows() {
        return committed.objects() - listedAgain.sum();
    }

    /** How far the run is. Reads each counter once, and the listed objects last, so that it never shows too much as settled. */
    public Progress progress() {
        long done = committed.objects();
        long withoutRow = listedAgain.sum();
        long failures = failedCount();
        long lost = discarded.sum();
        long gone = vanished.sum();
        long settled = done + failures + failedAgain.sum() + lost + gone;
        return new Progress(totals, done - withoutRow, Math.max(0, observed.objects() - settled), failures, lost, gone);
    }

    /** True when everything that was listed is settled. */
    public boolean balanced() {
        return settled() == observed.objects();
    }

    /**
     * Waits until everything that was listed is settled, or until {@code end}. For the thread that lists, which lists nothing
     * meanwhile.
     *
     * <p>No wake-up is lost: this thread says that it waits before it looks at the counters, and another counts before it
     * looks whether a thread waits; with a full fence between, one of them sees the other.
     */
    public void awaitBalanced(RunEnd end) throws InterruptedException {
        CompletableFuture<Void> balanced = new CompletableFuture<>();
        awaited = balanced;
        try {
            someSettled();
            end.await(balanced);
        } finally {
            awaited = null;
        }
    }

    private void someSettled() {
        VarHandle.fullFence();
        CompletableFuture<Void> waiting = awaited;
        if (waiting != null && balanced()) {
            waiting.complete(null);
        }
    }

    /** The table was counted. */
    public void counted(Totals newTotals) {
        totals = newTotals;
    }

    /** Null until the table was counted. */
    public Totals totals() {
        return totals;
    }

    /**
     * What counting the table found, in a form that stays true while the run goes on.
     *
     * @param rows rows in the table
     * @param migratedBefore rows that had their SHA-256 before this run
     */
    public record Totals(long rows, long migratedBefore) {}
}
