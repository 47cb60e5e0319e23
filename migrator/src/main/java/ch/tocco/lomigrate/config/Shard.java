package ch.tocco.lomigrate.config;

/**
 * One of the shares into which the rows of a table are divided, so that several processes take them, each its own. Which
 * row is whose depends on the row and on {@code count} alone.
 *
 * @param number from 1 to {@code count}
 * @param count from 1 to {@link #MOST}
 */
public record Shard(int number, int count) {
    /** As many as the number of a lock has room for. */
    public static final int MOST = 4095;

    public Shard {
        if (count < 1 || count > MOST || number < 1 || number > count) {
            throw new IllegalArgumentException("shard " + number + " of " + count);
        }
    }

    /** As it is given on a command line. */
    @Override
    public String toString() {
        return number + "/" + count;
    }
}
