package ch.tocco.lomigrate.monitor;

import java.time.Duration;

/** The thread that shows the progress, at every interval and once at the end. */
public final class Monitor implements AutoCloseable {
    private static final Duration MOMENT = Duration.ofSeconds(1);

    /** How often the monitor looks what the run waits for. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Gauges gauges;
    private final Display display;
    private final Interval interval;
    private final long start = System.nanoTime();
    private final Thread thread = new Thread(this::run, "monitor");
    private final Tally tally = new Tally();
    private Snapshot last;
    private String shown = "";

    private Monitor(Gauges gauges, Display display, Interval interval) {
        this.gauges = gauges;
        this.display = display;
        this.interval = interval;
        this.last = gauges.read(start);
    }

    /** Starts showing; the first time after one interval, which this monitor ends when it is closed. */
    public static Monitor start(Gauges gauges, Display display, Interval interval) {
        Monitor monitor = new Monitor(gauges, display, interval);
        monitor.thread.setDaemon(true);
        monitor.thread.start();
        return monitor;
    }

    private void run() {
        try {
            while (interval.passes(LOOK, () -> tally.add(Waits.of(gauges.read(start))))) {
                display.show(next());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Frame next() {
        Snapshot now = gauges.read(start);
        shown = StatusText.progress(now, last, interval.length());
        Waits waits = Waits.of(now);
        tally.add(waits);
        Frame next = new Frame(new BarLine(now, last, waits), shown);
        last = now;
        return next;
    }

    /** What the display would show now; what it has shown where that was a moment ago, as speeds take time to tell. */
    public synchronized String status() {
        Snapshot now = gauges.read(start);
        boolean tooSoon = now.elapsed().minus(last.elapsed()).compareTo(MOMENT) < 0;
        return tooSoon && !shown.isEmpty() ? shown : StatusText.progress(now, last, interval.length());
    }

    /** Ends the thread and shows the final stats. */
    @Override
    public void close() {
        interval.end();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        display.keep(StatusText.finalStats(gauges.read(start), last, tally.sentence())
                + StatusText.unchecked(
                        gauges.counters().withoutSize(), gauges.counters().withoutChecksum()));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
