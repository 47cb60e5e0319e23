package ch.tocco.lomigrate.committer;

import java.util.Arrays;

/**
 * For how many rows of the table a commit set each hash: none where it was there already, several where rows share hash
 * and oid. The answer to one try may be lost, and the next then finds the hash that the first has set. For one thread.
 */
final class UpdatedRows {
    private final int[] rows;
    private int tries;

    /** Of a commit of so many hashes. */
    UpdatedRows(int hashes) {
        this.rows = new int[hashes];
    }

    /** The statement is about to be sent, for the first time or again. */
    void sending() {
        Arrays.fill(rows, 0);
        tries++;
    }

    /** One more row got the hash at this position, from 0. */
    void updated(int position) {
        rows[position]++;
    }

    /** Whether each hash was set somewhere. */
    boolean all() {
        return Arrays.stream(rows).allMatch(count -> count > 0);
    }

    /** Whether the last try set the hash at this position somewhere, as far as the update tells. */
    boolean isUpdated(int position) {
        return rows[position] > 0;
    }

    /** How many rows got a hash that is in the table now. */
    int of(int position) {
        return rows[position] == 0 && tries > 1 ? 1 : rows[position];
    }
}
