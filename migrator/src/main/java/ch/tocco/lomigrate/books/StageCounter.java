package ch.tocco.lomigrate.books;

import java.util.concurrent.atomic.LongAdder;

/** Objects and bytes that one stage has done. Thread-safe. */
public final class StageCounter {
    private final LongAdder objects = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final Runnable counted;

    /** A counter that tells no one. */
    StageCounter() {
        this(() -> {});
    }

    /** @param counted is run after each object */
    StageCounter(Runnable counted) {
        this.counted = counted;
    }

    /** One more object of {@code size} bytes is done. */
    public void done(long size) {
        bytes.add(size);
        objects.increment();
        counted.run();
    }

    public long objects() {
        return objects.sum();
    }

    public long bytes() {
        return bytes.sum();
    }
}
