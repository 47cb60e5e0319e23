package ch.tocco.lomigrate.preflight;

import ch.tocco.lomigrate.config.TuningConfig;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Compares how many files and connections this process may have open with how many its configuration needs. With too few, a
 * run would report servers and spill directory as away in turn, and make little progress.
 */
public final class OpenFiles {
    private static final Logger LOG = LogManager.getLogger(OpenFiles.class);
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern LIMIT = Pattern.compile("^Max open files +(\\d+) ", Pattern.MULTILINE);

    /** Parts of giants, spill files, and the connections to the database that every run has. */
    private static final int OTHERS = 32;

    /** Files that the JVM and the libraries open themselves: about 50 were seen. */
    private static final int OWN = 64;

    /** Limits are usually multiples of it. */
    private static final int STEP = 1024;

    private OpenFiles() {}

    /** Refuses a run that this process may not open enough files for. */
    public static void check(TuningConfig tuning) throws RefusedException {
        try {
            check(tuning, Files.readString(LIMITS));
        } catch (IOException e) {
            LOG.debug("cannot tell how many files may be open: {}", e.toString());
        }
    }

    /**
     * Checks against given limits.
     *
     * @param limits as the kernel words them; without a number there is none
     */
    public static void check(TuningConfig tuning, String limits) throws RefusedException {
        Matcher limit = LIMIT.matcher(limits);
        long needed = needed(tuning);
        if (limit.find() && Long.parseLong(limit.group(1)) < needed) {
            throw new RefusedException("this process may have " + limit.group(1) + " files and connections open, and "
                    + needed + " may be needed: raise the limit with ulimit -n " + (needed + STEP - 1) / STEP * STEP
                    + ", or lower --storer-threads");
        }
    }

    private static long needed(TuningConfig tuning) {
        // a receiver has a connection, and a spill file where giants pile up
        return (long) tuning.storerThreads() + 2L * tuning.receiverThreads() + tuning.committerThreads() + OTHERS + OWN;
    }
}
