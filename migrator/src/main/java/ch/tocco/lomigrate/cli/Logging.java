package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.cli.LogSetting.Wish;
import java.util.Optional;
import java.util.logging.Logger;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.plugins.util.PluginRegistry;

/**
 * Sets up the logs, as {@link LogSetting} describes them. No class that {@link Main} needs earlier may hold a logger, or the
 * command line would wait for it.
 */
final class Logging {
    /** Null where nothing was prepared: the logs are those of the program that this tool runs in. */
    private static volatile Wish wish;

    private static volatile boolean configured;
    private static volatile boolean json;

    /** Null where nothing was prepared. */
    private static volatile Thread preparing;

    private Logging() {}

    /**
     * Takes the logs over, and begins to set them up in the usual way, on a thread of its own: that takes a while, as does the
     * command line.
     */
    static void prepare() {
        wish = Wish.USUAL;
        preparing = new Thread(
                () -> {
                    Thread.currentThread().setContextClassLoader(new LogPlugins(Logging.class.getClassLoader()));
                    LogManager.getContext(false);
                },
                "logging");
        preparing.setDaemon(true);
        preparing.start();
    }

    /** How the logs are to be; empty: they are not this tool's. */
    static Optional<Wish> wish() {
        return Optional.ofNullable(wish);
    }

    /** A line that is logged while another thread still sets up the logs would be lost without a word. */
    private static void awaitPrepared() {
        boolean interrupted = false;
        while (preparing != null && preparing.isAlive()) {
            try {
                preparing.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Sets up all later lines.
     *
     * @param stackTraces log exceptions with their stack traces instead of in one line
     * @param asJson each line is an object of JSON
     */
    static void configure(String level, boolean stackTraces, boolean asJson) {
        json = asJson;
        awaitPrepared();
        Wish wished = new Wish(Level.valueOf(level), stackTraces, asJson);
        if (wish != null && !wish.equals(wished)) {
            wish = wished;
            if (asJson) {
                PluginRegistry.getInstance().clear(); // which knows those for text
            }
            Configurator.reconfigure();
        }
        // the driver logs errors that it also throws
        Driver.LOGGER.setLevel(java.util.logging.Level.OFF);
        configured = true;
    }

    /** Logs what else is printed to standard error, if the log is JSON, so that a program can read all of that; or does nothing. */
    static boolean saidAsJson(String line) {
        if (json) {
            LogManager.getLogger(Logging.class).warn(line);
        }
        return json;
    }

    /** Writes out buffered lines; later lines are lost. Costs nothing if nothing was ever logged. */
    static void shutdown() {
        if (configured) {
            LogManager.shutdown();
        }
    }

    /** A class of its own, so that --help, which never logs, does not load java.util.logging: that takes some 20 ms. */
    private static final class Driver {
        /** A field, because java.util.logging forgets the level of a logger without a reference to it. */
        static final Logger LOGGER = Logger.getLogger("org.postgresql");

        private Driver() {}
    }
}
