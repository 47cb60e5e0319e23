package ch.tocco.lomigrate.cli;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.logging.log4j.LogManager;

/**
 * Sets up the logs before the first logger exists: {@code log4j2.xml} reads the system properties that this class sets.
 * No class that {@link Main} needs earlier may hold a logger.
 */
final class Logging {
    static final String LEVEL_PROPERTY = "lo.migrate.log.level";
    static final String THROWABLE_PROPERTY = "lo.migrate.log.throwable";

    private static volatile boolean configured;

    private Logging() {}

    /** @param stackTraces log exceptions with their stack traces instead of in one line */
    static void configure(String level, boolean stackTraces) {
        System.setProperty(LEVEL_PROPERTY, level);
        if (stackTraces) {
            System.setProperty(THROWABLE_PROPERTY, "%n%throwable");
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
