package ch.tocco.lomigrate.books;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Counts values by how large they are, in buckets with fixed bounds. To observe one costs a search among some twenty bounds and
 * two additions, and takes no memory. Thread-safe.
 */
public final class Histogram {
    private final long[] bounds;
    private final LongAdder[] counts;
    private final LongAdder sum = new LongAdder();

    /** @param bounds the largest value of each bucket, ascending; one more bucket takes larger values */
    Histogram(long... bounds) {
        this.bounds = bounds.clone();
        this.counts = Stream.generate(LongAdder::new).limit(bounds.length + 1L).toArray(LongAdder[]::new);
    }

    /** One more value, 0 or more, in the unit of the bounds. */
    public void observe(long value) {
        int bucket = 0;
        while (bucket < bounds.length && value > bounds[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        sum.add(value);
    }

    /** What was observed so far. Not an atomic cut: a value may be counted and not yet be in the sum. */
    public Reading read() {
        return new Reading(
                LongStream.of(bounds).boxed().toList(),
                Stream.of(counts).map(LongAdder::sum).toList(),
                sum.sum());
    }

    /**
     * A histogram at one moment.
     *
     * @param bounds the largest value of each bucket but the last, ascending
     * @param counts values in each bucket; the last one counts values above all bounds
     * @param sum of all values
     */
    public record Reading(List<Long> bounds, List<Long> counts, long sum) {
        /** How many values were observed. */
        public long count() {
            return counts.stream().mapToLong(Long::longValue).sum();
        }

        /**
         * A value that this share of all values does not exceed, estimated by even spread within its bucket; never more than
         * the largest bound. 0 where nothing was observed.
         *
         * @param share 0 to 1
         */
        public double quantile(double share) {
            double rank = share * count();
            long below = 0;
            for (int bucket = 0; bucket < bounds.size(); bucket++) {
                long here = counts.get(bucket);
                if (here > 0 && below + here >= rank) {
                    long from = bucket == 0 ? 0 : bounds.get(bucket - 1);
                    return from + (bounds.get(bucket) - from) * Math.max(0, rank - below) / here;
                }
                below += here;
            }
            return count() == 0 ? 0 : bounds.get(bounds.size() - 1);
        }
    }
}
