package ch.tocco.lomigrate.cli;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * Sets up the logs: {@code log4j2.xml} reads the system properties that this class sets. No class that {@link Main} needs
 * earlier may hold a logger, or the command line would wait for it.
 */
final class Logging {
    static final String LEVEL_PROPERTY = "lo.migrate.log.level";
    static final String THROWABLE_PROPERTY = "lo.migrate.log.throwable";

    /** What {@code log4j2.xml} has where nothing else is said. */
    private static final String USUAL_LEVEL = "info";

    private static volatile boolean configured;

    /** Null where nothing was prepared. */
    private static volatile Thread preparing;

    private Logging() {}

    /**
     * Begins to read the usual setting on a thread of its own, as that takes a quarter of a second, which the command line
     * takes too.
     */
    static void prepare() {
        preparing = new Thread(() -> LogManager.getContext(false), "logging");
        preparing.setDaemon(true);
        preparing.start();
    }

    /** A line that is logged while another thread still reads the setting would be lost without a word. */
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

    /** @param stackTraces log exceptions with their stack traces instead of in one line */
    static void configure(String level, boolean stackTraces) {
        System.setProperty(LEVEL_PROPERTY, level);
        if (stackTraces) {
            System.setProperty(THROWABLE_PROPERTY, "%n%throwable");
        }
        awaitPrepared();
        if (stackTraces || !level.equals(USUAL_LEVEL)) {
            Configurator.reconfigure(); // another thread may have read the usual setting
        }
        // the driver logs errors that it also throws
        Driver.LOGGER.setLevel(Level.OFF);
        configured = true;
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
