package ch.tocco.lomigrate.books;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long the calls of a run take that were answered, how large the stored objects are, and how many PUTs are under way. The
 * stages report one value per call, not per object. Thread-safe.
 */
public final class Timings {
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    /** Largest objects of each size class but the last, in bytes. */
    private static final long[] CLASSES = {64L << 10, 1L << 20, 64L << 20};

    private final Map<Call, Histogram> calls = new EnumMap<>(Call.class);
    private final Histogram[] puts = {nanos(), nanos(), nanos(), nanos()};
    private final Histogram sizes = new Histogram(
            0,
            1L << 10,
            4L << 10,
            16L << 10,
            64L << 10,
            256L << 10,
            1L << 20,
            4L << 20,
            16L << 20,
            64L << 20,
            256L << 20,
            1L << 30,
            4L << 30);
    private final LongAdder putsUnderWay = new LongAdder();
    private volatile long lastCommitMillis = System.currentTimeMillis();

    /** Calls to PostgreSQL. */
    public enum Call {
        /** A page of the listing. */
        LIST,
        /** A statement that reads a batch of large objects. */
        READ,
        /** A transaction that writes a chunk of rows. */
        COMMIT
    }

    Timings() {
        Arrays.stream(Call.values()).forEach(call -> calls.put(call, nanos()));
    }

    private static Histogram nanos() {
        return new Histogram(
                250 * MICRO,
                500 * MICRO,
                MILLI,
                2_500 * MICRO,
                5 * MILLI,
                10 * MILLI,
                25 * MILLI,
                50 * MILLI,
                100 * MILLI,
                250 * MILLI,
                500 * MILLI,
                SECOND,
                2_500 * MILLI,
                5 * SECOND,
                10 * SECOND,
                25 * SECOND,
                60 * SECOND,
                120 * SECOND);
    }

    /**
     * PostgreSQL has answered.
     *
     * @param since when the call began, in the terms of {@link System#nanoTime}
     */
    public void answered(Call call, long since) {
        calls.get(call).observe(System.nanoTime() - since);
    }

    /** A row has got its hash. */
    public void rowCommitted() {
        lastCommitMillis = System.currentTimeMillis();
    }

    /** A PUT begins, of an object or of all its parts. */
    public void putBegins() {
        putsUnderWay.increment();
    }

    /** A PUT that began has ended, whatever came of it. */
    public void putEnded() {
        putsUnderWay.decrement();
    }

    /**
     * The store has taken an object.
     *
     * @param bytes of the object
     * @param took from the beginning of the PUT that was acknowledged
     */
    public void stored(long bytes, Duration took) {
        int size = 0;
        while (size < CLASSES.length && bytes > CLASSES[size]) {
            size++;
        }
        puts[size].observe(took.toNanos());
        sizes.observe(bytes);
    }

    /** How long calls took that PostgreSQL answered, in nanoseconds. */
    public Histogram.Reading calls(Call call) {
        return calls.get(call).read();
    }

    /** How long PUTs took that the store acknowledged, in nanoseconds, by the size class of the object in words. */
    public Map<String, Histogram.Reading> puts() {
        Map<String, Histogram.Reading> readings = new LinkedHashMap<>();
        readings.put("to 64 KiB", puts[0].read());
        readings.put("to 1 MiB", puts[1].read());
        readings.put("to 64 MiB", puts[2].read());
        readings.put("above 64 MiB", puts[3].read());
        return readings;
    }

    /** Sizes of the objects that the store has taken, in bytes. */
    public Histogram.Reading sizes() {
        return sizes.read();
    }

    /** PUTs that have begun and not ended; a giant counts once, whatever its parts. */
    public long putsUnderWay() {
        return Math.max(0, putsUnderWay.sum());
    }

    /** When a row was last committed, in milliseconds since 1970; when the run began, before that. */
    public long lastCommitMillis() {
        return lastCommitMillis;
    }
}
