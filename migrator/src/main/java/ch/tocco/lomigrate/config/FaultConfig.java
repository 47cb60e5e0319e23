package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How much a run puts up with, and what it does about what went wrong.
 *
 * @param outageTimeout longest time that a server may be away before the run ends
 * @param requestTimeout longest silence of a server in the middle of a request before it counts as away
 * @param failuresFile where failed objects are listed, one JSON object a line
 * @param staleUploads age from which multipart uploads of this tool's form are aborted at the start; zero: never
 */
public record FaultConfig(
        Duration outageTimeout, Duration requestTimeout, Optional<Path> failuresFile, Duration staleUploads) {
    public static final Duration DEFAULT_OUTAGE_TIMEOUT = Duration.ofMinutes(30);
    public static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(60);
    public static final Duration DEFAULT_STALE_UPLOADS = Duration.ofHours(24);

    public FaultConfig {
        requireNonNull(failuresFile);
        if (outageTimeout.isNegative() || requestTimeout.toSeconds() < 1 || staleUploads.isNegative()) {
            throw new IllegalArgumentException(outageTimeout + ", " + requestTimeout + ", " + staleUploads);
        }
    }
}
