package ch.tocco.lomigrate.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for something that another thread or process brings about. */
public final class Await {
    private Await() {}

    /** Returns as soon as the condition holds; fails, naming what was awaited, when the time is over. */
    public static void until(Duration limit, String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what);
            }
            Thread.sleep(20);
        }
    }
}
