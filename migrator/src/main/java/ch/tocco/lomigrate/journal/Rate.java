package ch.tocco.lomigrate.journal;

import java.util.ArrayDeque;
import java.util.Deque;

/** How many objects a second were done in the last minute. For one thread. */
final class Rate {
    private static final long WINDOW_NANOS = 60_000_000_000L;
    private static final double NANOS = 1e9;

    private record Sample(long time, long objects) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    Rate() {
        samples.add(new Sample(System.nanoTime(), 0));
    }

    /** Takes the number of objects that are done by now. */
    double of(long objects) {
        return of(objects, System.nanoTime());
    }

    double of(long objects, long now) {
        samples.addLast(new Sample(now, objects));
        while (samples.size() > 2 && now - samples.peekFirst().time() > WINDOW_NANOS) {
            samples.removeFirst();
        }
        Sample first = samples.peekFirst();
        long nanos = now - first.time();
        return nanos <= 0 ? 0 : (objects - first.objects()) * NANOS / nanos;
    }
}
