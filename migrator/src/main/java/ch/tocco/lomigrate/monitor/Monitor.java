package ch.tocco.lomigrate.monitor;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The thread that shows the progress, at every interval and once at the end. */
public final class Monitor implements AutoCloseable {
    private final Gauges gauges;
    private final Display display;
    private final Duration interval;
    private final long start = System.nanoTime();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "monitor");
    private Snapshot last;

    private Monitor(Gauges gauges, Display display, Duration interval) {
        this.gauges = gauges;
        this.display = display;
        this.interval = interval;
        this.last = gauges.read(start);
    }

    /** Starts showing; the first time after one interval. */
    public static Monitor start(Gauges gauges, Display display, Duration interval) {
        Monitor monitor = new Monitor(gauges, display, interval);
        monitor.thread.setDaemon(true);
        monitor.thread.start();
        return monitor;
    }

    private void run() {
        try {
            while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                Snapshot now = gauges.read(start);
                display.show(StatusText.progress(now, last, interval));
                last = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the thread and shows the final stats. */
    @Override
    public void close() {
        closed.countDown();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        display.keep(StatusText.finalStats(gauges.read(start), last));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
