package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/**
 * How the run behaves as a whole.
 *
 * @param interval time between two displays of the progress
 * @param stopGrace how long PUTs under way may go on after a stop signal
 * @param finalizeAfter make {@code sha2} NOT NULL and UNIQUE once nothing is pending
 * @param checkBatchJob refuse to run while the batch job that deletes unreferenced binaries is active
 * @param takeLock refuse to run while another run works on the same table
 * @param storeVerification find out whether the store verifies what it receives, and compare ETags where it does not
 * @param display how the progress is shown; without a terminal {@link DisplayMode#PLAIN}
 * @param shard the share of the rows that the run takes; empty: all
 */
public record RunConfig(
        Duration interval,
        Duration stopGrace,
        boolean finalizeAfter,
        boolean checkBatchJob,
        boolean takeLock,
        boolean storeVerification,
        DisplayMode display,
        Optional<Shard> shard) {
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);
    public static final Duration DEFAULT_STOP_GRACE = Duration.ofSeconds(10);

    /** How the progress is shown on a terminal. Without one it is always {@link #PLAIN}. */
    public enum DisplayMode {
        /** In place: a line, and below it the whole block where the terminal has room for that. */
        AUTO,
        /** In place: the line alone. */
        LINE,
        /** The line and the whole block, in place where the terminal has room, one after the other where it has not. */
        BLOCK,
        /** Block after block, as in a file. */
        PLAIN
    }

    public RunConfig {
        requireNonNull(interval);
        requireNonNull(stopGrace);
        requireNonNull(display);
        requireNonNull(shard);
    }
}
