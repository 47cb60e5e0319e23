package ch.tocco.lomigrate.benchmarks.ring;

import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.lo.SourceRow;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A way from producers to consumers that run on threads of their own until it is ended. What came is counted by each
 * consumer for itself, so that counting costs all ways the same and next to nothing.
 */
abstract class HandOver {
    /** Distance between counters in use, so that they lie in different cache lines. */
    private static final int SPREAD = 8;

    private final AtomicLong[] counts;
    private final AtomicLong[] sums;

    HandOver(int consumers) {
        counts = new AtomicLong[consumers * SPREAD];
        sums = new AtomicLong[consumers * SPREAD];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new AtomicLong();
            sums[i] = new AtomicLong();
        }
    }

    /** One producer's end; for one thread. */
    interface Entry {
        void put(SourceRow row) throws InterruptedException;
    }

    abstract Entry entry();

    /** Called by a consumer's thread for each row that came. */
    final void came(int consumer, SourceRow row) {
        AtomicLong sum = sums[consumer * SPREAD];
        sum.setPlain(sum.getPlain() + Rows.oid(row));
        AtomicLong count = counts[consumer * SPREAD];
        count.setRelease(count.getPlain() + 1);
    }

    /** Rows that came so far. */
    final long count() {
        long all = 0;
        for (AtomicLong count : counts) {
            all += count.getAcquire();
        }
        return all;
    }

    /** Sum of their oids. */
    final long sum() {
        long all = 0;
        for (AtomicLong sum : sums) {
            all += sum.getPlain();
        }
        return all;
    }

    /** Ends the consumers; nothing is under way. */
    abstract void end() throws InterruptedException;
}
