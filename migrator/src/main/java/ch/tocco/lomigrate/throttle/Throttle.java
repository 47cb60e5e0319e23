package ch.tocco.lomigrate.throttle;

import ch.tocco.lomigrate.lifecycle.Gate;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.pacing.DailyWindow;
import ch.tocco.lomigrate.pacing.ThrottleConfig;
import ch.tocco.lomigrate.pacing.Timetable;
import ch.tocco.lomigrate.postgres.PgConnections;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Opens and closes the gate of a run: a thread that looks at everything once a second that may pause the run, sets its pace
 * or ends it early. Begin with {@link #start}. For one run.
 */
public final class Throttle implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(Throttle.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final ThrottleConfig config;
    private final Gate gate;
    private final RunControl control;
    private final Supplier<ZonedDateTime> clock;
    private final List<Input> inputs = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private final long started = System.nanoTime();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "throttle");
    private Optional<Timetable> bandwidth;
    private long bytesPerSecond = Timetable.UNLIMITED;

    /**
     * Something that may pause the run.
     *
     * @param name tells it from the others
     * @param objection why nothing may begin; empty: all is well
     */
    private record Input(String name, Supplier<Optional<String>> objection) {}

    /** A question to the database, and who judges its answer. */
    private record Watched(Measure measure, Judge judge) {}

    private Throttle(ThrottleConfig config, RunControl control, Supplier<ZonedDateTime> clock) {
        this.config = config;
        this.gate = control.gate();
        this.control = control;
        this.clock = clock;
        this.bandwidth = config.bandwidth();
        thread.setDaemon(true);
    }

    /** The control of a run that is as fast as {@code config} allows, and ends where that says. */
    public static RunControl controlOf(ThrottleConfig config) {
        double rate = config.rate().isPresent() ? config.rate().getAsInt() : Double.POSITIVE_INFINITY;
        return new RunControl(rate, config.limits());
    }

    /**
     * Looks at everything once, so that a run that is to pause does so from its beginning, and then once a second.
     *
     * @param standbys whose lag counts, by application_name
     * @param outageTimeout how long the database may be away
     */
    public static Throttle start(
            ThrottleConfig config,
            List<String> standbys,
            RunControl control,
            PgConnections connections,
            Duration outageTimeout)
            throws InterruptedException {
        Throttle throttle = new Throttle(config, control, () -> ZonedDateTime.now(ZoneId.systemDefault()));
        throttle.watchClockAndFile();
        throttle.watchDatabase(standbys, connections, outageTimeout);
        for (Watch watch : throttle.watches) {
            watch.awaitFirst();
        }
        throttle.look();
        throttle.thread.start();
        return throttle;
    }

    /** The same without a database and without a thread, by another clock: {@link #look} is called by hand. */
    static Throttle byHand(ThrottleConfig config, RunControl control, Supplier<ZonedDateTime> clock) {
        Throttle throttle = new Throttle(config, control, clock);
        throttle.watchClockAndFile();
        return throttle;
    }

    private void watchClockAndFile() {
        config.pauseFile().ifPresent(file -> inputs.add(new Input("pause file", () -> pausedBy(file))));
        config.window().ifPresent(window -> inputs.add(new Input("window", () -> outside(window))));
        if (config.window().isPresent() || config.bandwidth().isPresent()) {
            LOG.info(
                    "times of --window and --bwlimit are those of the zone {}",
                    clock.get().getZone());
        }
    }

    private static Optional<String> pausedBy(Path file) {
        return Files.exists(file) ? Optional.of("the file " + file + " exists (--pause-file)") : Optional.empty();
    }

    private Optional<String> outside(DailyWindow window) {
        return window.contains(clock.get().toLocalTime())
                ? Optional.empty()
                : Optional.of("outside of --window " + window + ", until " + window.from());
    }

    private void watchDatabase(List<String> standbys, PgConnections connections, Duration outageTimeout) {
        List<Watched> statistics = new ArrayList<>();
        config.lag()
                .ifPresent(lag -> statistics.add(new Watched(
                        new StandbyLag(standbys), new Threshold(lag.toMillis() / 1e3, "--max-lag " + words(lag)))));
        config.slotLag()
                .ifPresent(bytes ->
                        statistics.add(new Watched(Figure.SLOT_LAG, new Threshold(bytes, "--max-slot-lag " + bytes))));
        config.archiveBacklog()
                .ifPresent(files -> statistics.add(
                        new Watched(Figure.ARCHIVE_BACKLOG, new Threshold(files, "--max-archive-backlog " + files))));
        config.load()
                .ifPresent(load -> statistics.add(
                        new Watched(Figure.ACTIVE_SESSIONS, new Threshold(load, "--max-load active=" + load))));
        config.criticalLoad()
                .ifPresent(
                        load -> statistics.add(new Watched(Figure.ACTIVE_SESSIONS, new CriticalLoad(load, control))));
        watch("throttle", statistics, connections, outageTimeout);
        // on a connection of its own: what an operator asks may take its two seconds each time
        List<Watched> query = config
                .query()
                .map(sql -> new Watched(new Figure(sql, "--throttle-query gives %s"), new Threshold(0, "0")))
                .stream()
                .toList();
        watch("throttle-query", query, connections, outageTimeout);
    }

    private void watch(String purpose, List<Watched> watched, PgConnections connections, Duration outageTimeout) {
        if (watched.isEmpty()) {
            return;
        }
        List<Measure> measures =
                watched.stream().map(Watched::measure).distinct().toList();
        Watch watch = Watch.start(connections, purpose, measures, outageTimeout, control);
        watches.add(watch);
        for (int i = 0; i < watched.size(); i++) {
            Watched one = watched.get(i);
            inputs.add(new Input(
                    purpose + " " + i, () -> one.judge().of(watch.reading(one.measure()), System.nanoTime())));
        }
    }

    /** Looks at everything once. */
    void look() {
        for (Input input : inputs) {
            input.objection()
                    .get()
                    .ifPresentOrElse(reason -> gate.close(input.name(), reason), () -> gate.open(input.name()));
        }
        setPace();
        config.limits()
                .duration()
                .filter(longest -> System.nanoTime() - started >= longest.toNanos())
                .ifPresent(longest -> control.limit("--max-duration " + words(longest)));
    }

    /** How many bytes may be sent from now on, by day and hour; any thread. */
    public synchronized void bandwidth(Timetable timetable) {
        bandwidth = Optional.of(timetable);
        setPace();
    }

    private synchronized void setPace() {
        long now = bandwidth
                .map(timetable -> timetable.bytesPerSecond(clock.get().toLocalDateTime()))
                .orElse(Timetable.UNLIMITED);
        if (now != bytesPerSecond) {
            bytesPerSecond = now;
            boolean unlimited = now == Timetable.UNLIMITED;
            LOG.info("--bwlimit: {}", unlimited ? "no limit from now on" : now + " bytes a second from now on");
            gate.bytesPerSecond(unlimited ? Double.POSITIVE_INFINITY : now);
        }
    }

    /** As in {@code 1h30m}. */
    private static String words(Duration duration) {
        return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }

    private void run() {
        try {
            while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            control.bug("internal error", e);
        }
    }

    /** Ends the threads; what they had closed stays closed. */
    @Override
    public void close() {
        closed.countDown();
        watches.forEach(Watch::close);
    }
}
