package ch.tocco.lomigrate.books;

import java.util.concurrent.atomic.LongAdder;

/** Objects and bytes that one stage has done. Thread-safe. */
public final class StageCounter {
    private final LongAdder objects = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    /** One more object of {@code size} bytes is done. */
    public void done(long size) {
        bytes.add(size);
        objects.increment();
    }

    public long objects() {
        return objects.sum();
    }

    public long bytes() {
        return bytes.sum();
    }
}
