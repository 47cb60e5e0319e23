package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Everything that finalizing on its own needs to know.
 *
 * @param postgres the database
 * @param takeLock refuse to begin while a run works on the same table
 * @param outageTimeout longest time that the server may be away
 * @param requestTimeout longest silence of the server in the middle of a request before it counts as away
 */
public record FinalizeConfig(
        PostgresConfig postgres, boolean takeLock, Duration outageTimeout, Duration requestTimeout) {
    public FinalizeConfig {
        requireNonNull(postgres);
        requireNonNull(outageTimeout);
        requireNonNull(requestTimeout);
    }
}
