package ch.tocco.lomigrate.lo;

/**
 * How an object is cut into parts for its upload.
 *
 * @param size of the object in bytes
 * @param partSize of every part but the last, in bytes
 */
public record Parts(long size, long partSize) {
    /** S3: "Maximum number of parts per upload: 10,000" (Amazon S3 multipart upload limits). */
    public static final int MAX_COUNT = 10_000;

    private static final long MIB = 1L << 20;

    /** Parts of {@code wanted} bytes, or as much larger, in whole MiB, as it takes to need no more than 10,000. */
    public static Parts of(long size, long wanted) {
        long least = (size + MAX_COUNT - 1) / MAX_COUNT;
        return new Parts(size, least <= wanted ? wanted : (least + MIB - 1) / MIB * MIB);
    }

    /** How many there are, at least one. */
    public int count() {
        return (int) Math.max(1, (size + partSize - 1) / partSize);
    }

    /** Where part {@code number}, from 1, begins. */
    public long offset(int number) {
        return (number - 1) * partSize;
    }

    /** Bytes of part {@code number}, from 1. */
    public long length(int number) {
        return Math.min(partSize, size - offset(number));
    }
}
