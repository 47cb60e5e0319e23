package ch.tocco.lomigrate.cli;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.logging.log4j.LogManager;

/**
 * Sets up the logs before the first logger exists: {@code log4j2.xml} reads the system properties that this class sets.
 * No class that {@link Main} needs before may hold a logger.
 */
final class Logging {
    static final String LEVEL_PROPERTY = "lo.migrate.log.level";
    static final String THROWABLE_PROPERTY = "lo.migrate.log.throwable";

    private static volatile boolean configured;

    private Logging() {}

    /** @param stackTraces log exceptions with their stack traces instead of in a line */
    static void configure(String level, boolean stackTraces) {
        System.setProperty(LEVEL_PROPERTY, level);
        if (stackTraces) {
            System.setProperty(THROWABLE_PROPERTY, "%n%throwable");
        }
        // the driver logs what it also throws
        Driver.LOGGER.setLevel(Level.OFF);
        configured = true;
    }

    /** Writes out what is still buffered; later lines are lost. Costs nothing if there never was a log. */
    static void shutdown() {
        if (configured) {
            LogManager.shutdown();
        }
    }

    /** Apart, so that what never logs, such as --help, does not load java.util.logging, which takes some 20 ms. */
    private static final class Driver {
        /** A field, as java.util.logging forgets levels of loggers nobody holds. */
        static final Logger LOGGER = Logger.getLogger("org.postgresql");

        private Driver() {}
    }
}
