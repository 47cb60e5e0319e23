package ch.tocco.lomigrate.references;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The large objects of a database by rank: the first in the order of oids has rank 0. So a set of them takes a bit for
 * each, and all together six bytes each. Not thread-safe.
 */
public final class LargeObjects {
    private static final int BLOCK = 1 << 16;

    /** Oids are unsigned; with the sign turned their order is that of Java's numbers. */
    private static final int SIGN = Integer.MIN_VALUE;

    private final List<int[]> oids = new ArrayList<>();
    private final List<char[]> owners = new ArrayList<>();
    private final List<Long> roles = new ArrayList<>();
    private final BitSet unreadable = new BitSet();
    private int size;

    /** Adds an object with a higher oid than all before. */
    public void add(long oid, long owner, boolean readable) {
        int place = size % BLOCK;
        if (place == 0) {
            int[] block = new int[BLOCK];
            Arrays.fill(block, Integer.MAX_VALUE);
            oids.add(block);
            owners.add(new char[BLOCK]);
        }
        oids.get(oids.size() - 1)[place] = (int) oid ^ SIGN;
        owners.get(owners.size() - 1)[place] = (char) role(owner);
        unreadable.set(size, !readable);
        size = Math.addExact(size, 1);
    }

    private int role(long owner) {
        int known = roles.lastIndexOf(owner);
        if (known >= 0) {
            return known;
        }
        roles.add(owner);
        return roles.size() - 1;
    }

    public int size() {
        return size;
    }

    /** The rank of an object, negative if there is none with this oid. */
    public int rank(long oid) {
        int wanted = (int) oid ^ SIGN;
        int low = 0;
        int high = oids.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int[] block = oids.get(middle);
            if (wanted < block[0]) {
                high = middle - 1;
            } else if (wanted > block[BLOCK - 1]) {
                low = middle + 1;
            } else {
                int used = middle == oids.size() - 1 ? size - middle * BLOCK : BLOCK;
                int place = Arrays.binarySearch(block, 0, used, wanted);
                return place < 0 ? -1 : middle * BLOCK + place;
            }
        }
        return -1;
    }

    public long oid(int rank) {
        return Integer.toUnsignedLong(oids.get(rank / BLOCK)[rank % BLOCK] ^ SIGN);
    }

    /** The oid of the role that owns it. */
    public long owner(int rank) {
        return roles.get(owners.get(rank / BLOCK)[rank % BLOCK]);
    }

    public boolean isReadable(int rank) {
        return !unreadable.get(rank);
    }

    /** Those that this role may not read. */
    public BitSet unreadable() {
        return unreadable;
    }

    /** All of them. */
    public BitSet all() {
        BitSet all = new BitSet(size);
        all.set(0, size);
        return all;
    }
}
