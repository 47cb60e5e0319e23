package ch.tocco.lomigrate.watch;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The thread that keeps the numbers of a run once a second. Begin with {@link #start}. */
public final class Sampler implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Watched run;
    private final CountDownLatch closed = new CountDownLatch(1);

    private Sampler(Watched run) {
        this.run = run;
    }

    /** Keeps numbers from now on until it is closed. */
    public static Sampler start(Watched run) {
        Sampler sampler = new Sampler(run);
        Thread thread = new Thread(sampler::run, "sampler");
        thread.setDaemon(true);
        thread.start();
        return sampler;
    }

    private void run() {
        try {
            while (!closed.await(INTERVAL.toNanos(), TimeUnit.NANOSECONDS)) {
                run.sample();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
