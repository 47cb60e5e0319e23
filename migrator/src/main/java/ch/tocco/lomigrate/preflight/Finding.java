package ch.tocco.lomigrate.preflight;

import static java.util.Objects.requireNonNull;

import ch.tocco.lomigrate.lifecycle.RefusedException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * What one check before a run has found. A check returns its findings and does not throw them, so that the
 * user hears everything that is wrong at once. Immutable.
 *
 * @param level whether the run may begin
 * @param message one line without secrets: what was found, and for {@link Level#WARN} and {@link Level#FAIL} what to do
 */
public record Finding(Level level, String message) {
    private static final Logger LOG = LogManager.getLogger(Finding.class);

    /** Whether the run may begin. */
    public enum Level {
        /** All is well. */
        OK,
        /** The run may begin, but the user should know. */
        WARN,
        /** The run could not succeed or would do harm: it is refused. */
        FAIL
    }

    public Finding {
        requireNonNull(level);
        requireNonNull(message);
    }

    /** All is well. */
    public static Finding ok(String message) {
        return new Finding(Level.OK, message);
    }

    /** The run may begin. */
    public static Finding warn(String message) {
        return new Finding(Level.WARN, message);
    }

    /** The run is refused. */
    public static Finding fail(String message) {
        return new Finding(Level.FAIL, message);
    }

    /** True if one of these refuses the run; checks that need what is missing cannot run then. */
    static boolean anyFailed(List<Finding> findings) {
        return findings.stream().anyMatch(finding -> finding.level() == Level.FAIL);
    }

    /**
     * Logs warnings, and refuses the run once with all that failed.
     *
     * @throws RefusedException one finding or more is {@link Level#FAIL}
     */
    public static void report(List<Finding> findings) throws RefusedException {
        for (Finding finding : findings) {
            switch (finding.level()) {
                case OK -> LOG.debug("checked: {}", finding.message());
                case WARN -> LOG.warn("{}", finding.message());
                case FAIL -> {} // all of them in one line, below
            }
        }
        List<String> failed = findings.stream()
                .filter(finding -> finding.level() == Level.FAIL)
                .map(Finding::message)
                .toList();
        if (failed.size() == 1) {
            throw new RefusedException(failed.get(0));
        }
        if (!failed.isEmpty()) {
            throw new RefusedException(failed.size() + " checks failed: " + numbered(failed));
        }
    }

    private static String numbered(List<String> messages) {
        return String.join(
                "; ",
                IntStream.range(0, messages.size())
                        .mapToObj(i -> "(" + (i + 1) + ") " + messages.get(i))
                        .toList());
    }
}
