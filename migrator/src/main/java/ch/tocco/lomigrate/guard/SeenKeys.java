package ch.tocco.lomigrate.guard;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The keys of a bucket, in memory of a fixed size: a Bloom filter. It knows each key that was added. Of others it takes some
 * for known, which costs a request each: one in a hundred with 10 bits a key, one in three with 3. It is never full.
 * Thread-safe.
 */
final class SeenKeys implements KnownKeys {
    /** 16 MiB: one in a hundred unknown keys of a bucket with 13 million keys is taken for known. */
    static final int BYTES = 16 << 20;

    /** Few, so that little is lost where a bucket has many more keys than this is made for. */
    private static final int BITS_OF_A_KEY = 4;

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final AtomicLongArray words;
    private final long mask;
    private volatile boolean complete;

    /** @param bytes of memory, a power of two, at least 8 */
    SeenKeys(int bytes) {
        this.words = new AtomicLongArray(bytes / Long.BYTES);
        this.mask = (long) bytes * Byte.SIZE - 1;
    }

    /** All keys that were there at the start are added: from now on others may be told from them. */
    void complete() {
        complete = true;
    }

    @Override
    public void add(String key) {
        long hash = hash(key);
        for (int i = 0; i < BITS_OF_A_KEY; i++) {
            long bit = bit(hash, i);
            long set = 1L << bit;
            words.accumulateAndGet((int) (bit >>> 6), set, (there, more) -> there | more);
        }
    }

    @Override
    public boolean mayHave(String key) {
        if (!complete) {
            return true;
        }
        long hash = hash(key);
        for (int i = 0; i < BITS_OF_A_KEY; i++) {
            long bit = bit(hash, i);
            if ((words.get((int) (bit >>> 6)) & (1L << bit)) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Each half of the hash makes a step of its own (Kirsch and Mitzenmacher, "Less hashing, same performance"). */
    private long bit(long hash, int number) {
        return (hash + number * ((hash >>> 32) | 1)) & mask;
    }

    /** FNV-1a over the characters, and MurmurHash3's finalizer, as keys often differ in their last digits only. */
    private static long hash(String key) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * FNV_PRIME;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
