package ch.tocco.lomigrate.books;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A set of identities of rows. Keeps 127 bits of the SHA-256 of each, so an identity of any length takes at most 48 bytes,
 * and half as much again while the set grows. The probability that one of 10<sup>8</sup> rows is confused with one of a
 * million others is 10<sup>-24</sup>. Thread-safe.
 */
final class FailedRows {
    private static final int FIRST_SLOTS = 1024;

    private final int limit;
    private final MessageDigest sha256;

    /** Open addressing: two longs per slot; the first one is never 0 in a used slot. */
    private long[] slots = new long[2 * FIRST_SLOTS];

    private volatile int size;

    /**
     * Makes an empty set.
     *
     * @param limit how many identities it takes
     */
    FailedRows(int limit) {
        this.limit = limit;
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** False if it is not in the set and there is no room for it. */
    synchronized boolean add(String identity) {
        ByteBuffer digest = digest(identity);
        long first = digest.getLong() | 1;
        long second = digest.getLong();
        int slot = slotOf(slots, first, second);
        if (slots[slot] != 0) {
            return true;
        }
        if (size >= limit) {
            return false;
        }
        slots[slot] = first;
        slots[slot + 1] = second;
        size++;
        if (size > slots.length / 2 * 2 / 3) {
            grow();
        }
        return true;
    }

    synchronized boolean contains(String identity) {
        ByteBuffer digest = digest(identity);
        return slots[slotOf(slots, digest.getLong() | 1, digest.getLong())] != 0;
    }

    /** Takes no lock. */
    boolean isEmpty() {
        return size == 0;
    }

    /** Bytes of memory that the set takes. */
    synchronized long bytes() {
        return (long) slots.length * Long.BYTES;
    }

    private ByteBuffer digest(String identity) {
        return ByteBuffer.wrap(sha256.digest(identity.getBytes(StandardCharsets.UTF_8)));
    }

    private void grow() {
        long[] larger = new long[2 * slots.length];
        for (int old = 0; old < slots.length; old += 2) {
            if (slots[old] != 0) {
                int slot = slotOf(larger, slots[old], slots[old + 1]);
                larger[slot] = slots[old];
                larger[slot + 1] = slots[old + 1];
            }
        }
        slots = larger;
    }

    /** The slot that has it, or the free slot where it belongs. */
    private static int slotOf(long[] slots, long first, long second) {
        int slot = 2 * (int) (second & (slots.length / 2 - 1));
        while (slots[slot] != 0 && (slots[slot] != first || slots[slot + 1] != second)) {
            slot = (slot + 2) % slots.length;
        }
        return slot;
    }
}
