package ch.tocco.lomigrate.references;

import java.util.HashSet;
import java.util.Set;

/**
 * What some rows of a table have in one column, as far as it can be an oid behind one prefix.
 *
 * @param rows rows looked at
 * @param values those that are not NULL
 * @param numbers those that can be an oid, with the prefix where there is one
 * @param hits numbers that are a large object's
 * @param objects how many large objects these are
 * @param share of all rows that were looked at; 1: all
 * @param blocks how many blocks of the table that is
 */
public record Sample(long rows, long values, long numbers, long hits, long objects, double share, long blocks) {
    /**
     * Whether everything that can be an oid is one. Less will not do: where oids are dense, 96 of 100 ids of another table
     * are oids by chance.
     *
     * @param mixed the column may hold other values too, such as file names in a column of text; then one hit is too few
     */
    public boolean isSure(boolean mixed) {
        return hits > 0 && hits == numbers && (hits == values || (mixed && hits > 1));
    }

    /** A number of these rows as one of all rows, with no more digits than a sample can give. */
    public long ofAll(long some) {
        if (share == 1) {
            return some;
        }
        long all = Math.round(some / share);
        long unit = 1;
        while (all / unit >= 100) {
            unit *= 10;
        }
        return Math.round((double) all / unit) * unit;
    }

    /** By how much that may be wrong, 19 times of 20: how many blocks a sample has is left to chance. */
    public long margin(long some) {
        return share == 1 ? 0 : Math.round(2 * some / share / Math.sqrt((double) Math.max(1, blocks)));
    }

    /** Counts values one by one. */
    public static final class Counter {
        private final Set<Integer> seen = new HashSet<>();
        private long numbers;
        private long hits;

        /** @param rank of the object with this number; negative: there is none */
        void add(int rank) {
            numbers++;
            if (rank >= 0) {
                hits++;
                seen.add(rank);
            }
        }

        long numbers() {
            return numbers;
        }

        long hits() {
            return hits;
        }

        Sample of(long rows, long values, Rows.Places places) {
            return new Sample(rows, values, numbers, hits, seen.size(), places.share(), places.blocks());
        }
    }
}
