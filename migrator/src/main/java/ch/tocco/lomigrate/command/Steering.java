package ch.tocco.lomigrate.command;

import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.config.TuningConfig;
import ch.tocco.lomigrate.control.Setting;
import ch.tocco.lomigrate.control.Steered;
import ch.tocco.lomigrate.lifecycle.Gate;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.monitor.Interval;
import ch.tocco.lomigrate.pipeline.Pipeline;
import ch.tocco.lomigrate.throttle.Throttle;
import ch.tocco.lomigrate.values.Converters;
import ch.tocco.lomigrate.values.ThrottleValues;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;

/** A migration as those see it who steer it: each setting with what it sets. Thread-safe: one request at a time. */
final class Steering implements Steered {
    private static final String OFF = "off";
    private static final String BY = "control";

    /** This tool's own loggers and no others: the store's client would log what it sends. */
    private static final String LOGGERS = "ch.tocco.lomigrate";

    private final RunControl control;
    private final Pipeline pipeline;
    private final Throttle throttle;
    private final List<Setting> settings;
    private String rate;
    private String bandwidth;
    private int receivers;
    private int puts;

    Steering(MigrationConfig config, RunControl control, Pipeline pipeline, Throttle throttle) {
        this.control = control;
        this.pipeline = pipeline;
        this.throttle = throttle;
        TuningConfig tuning = config.tuning();
        this.receivers = tuning.receiverThreads();
        this.puts = tuning.storerThreads();
        this.rate = config.throttle().rate().isPresent()
                ? Integer.toString(config.throttle().rate().getAsInt())
                : OFF;
        this.bandwidth = config.throttle().bandwidth().map(Object::toString).orElse(OFF);
        this.settings = List.of(
                new Setting("--max-rate", () -> rate, this::maxRate),
                new Setting("--bwlimit", () -> bandwidth, this::bwlimit),
                new Setting(
                        "--receiver-threads",
                        () -> Integer.toString(receivers),
                        text -> receivers(threads(text, tuning.receiverThreads()), tuning.receiverThreads())),
                new Setting(
                        "--storer-threads",
                        () -> Integer.toString(puts),
                        text -> puts(threads(text, tuning.storerThreads()), tuning.storerThreads())),
                new Setting(
                        "--interval", () -> Long.toString(interval().length().toSeconds()), this::interval),
                new Setting("--log-level", Steering::logLevel, Steering::logLevel));
    }

    @Override
    public String status() {
        return pipeline.status();
    }

    @Override
    public void pause(String reason) {
        control.gate().close(BY, reason);
    }

    @Override
    public void resume() {
        control.gate().open(BY);
    }

    @Override
    public Optional<String> waiting() {
        return control.gate().waiting();
    }

    @Override
    public void stop() {
        control.stop();
    }

    @Override
    public List<Setting> settings() {
        return settings;
    }

    private void maxRate(String text) {
        boolean off = text.equalsIgnoreCase(OFF);
        double most = off ? Double.POSITIVE_INFINITY : Converters.checked(new ThrottleValues.SmallCount(), text);
        control.gate().putsPerSecond(most);
        rate = off ? OFF : text;
    }

    private void bwlimit(String text) {
        var limit =
                Converters.checked(new ThrottleValues.BandwidthLimit(), text).timetable();
        throttle.bandwidth(limit);
        bandwidth = limit.toString();
    }

    private static int threads(String text, int started) {
        int wanted = Converters.checked(new Converters.Threads(), text);
        if (wanted > started) {
            throw new IllegalArgumentException("must be from 1 to " + started + ", which the run was started with");
        }
        return wanted;
    }

    private void receivers(int wanted, int started) {
        receivers = wanted;
        control.gate().readers(wanted == started ? Gate.ALL : wanted);
    }

    private void puts(int wanted, int started) {
        puts = wanted;
        control.gate().putsInFlight(wanted == started ? Gate.ALL : wanted);
    }

    private Interval interval() {
        return pipeline.interval();
    }

    private void interval(String text) {
        Duration wanted = Converters.checked(new Converters.Seconds(), text);
        interval().change(wanted);
    }

    private static String logLevel() {
        return LogManager.getLogger(LOGGERS).getLevel().toString().toLowerCase(Locale.ROOT);
    }

    private static void logLevel(String text) {
        Configurator.setLevel(LOGGERS, Level.toLevel(Converters.checked(new Converters.LogLevel(), text)));
    }
}
