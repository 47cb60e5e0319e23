package ch.tocco.lomigrate.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for something that another thread or process brings about, or must not bring about. */
public final class Await {
    private static final long LOOK_MILLIS = 20;

    private Await() {}

    /** Returns as soon as the condition holds; fails, naming what was awaited, when the time is over. */
    public static void until(Duration limit, String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what);
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /**
     * Fails as soon as the condition does not hold, and returns when it held all the time. For what must not happen: a
     * short time lets a slow machine miss a fault, but never sees one that is not there.
     */
    public static void stays(Duration time, String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            if (!condition.call()) {
                throw new AssertionError("no longer so within " + time.toMillis() + " ms: " + what);
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }
}
