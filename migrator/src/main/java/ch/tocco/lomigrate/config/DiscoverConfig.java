package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Everything that {@code discover} needs to know.
 *
 * @param postgres the database
 * @param json write the report for programs instead of people
 * @param profiles directory for a ready argument file of each source; empty: none are written
 * @param exact read everything instead of a sample, however much it is
 * @param sampleRows about how many rows of a table are looked at for text and numbers that name objects
 * @param statementTimeout longest time of one statement
 * @param lockTimeout longest wait for a lock on a table
 */
public record DiscoverConfig(
        PostgresConfig postgres,
        boolean json,
        Optional<Path> profiles,
        boolean exact,
        int sampleRows,
        Duration statementTimeout,
        Duration lockTimeout) {
    public static final int DEFAULT_SAMPLE_ROWS = 10_000;
    public static final int MAX_SAMPLE_ROWS = 1_000_000;
    public static final Duration DEFAULT_STATEMENT_TIMEOUT = Duration.ofSeconds(30);
    public static final Duration DEFAULT_LOCK_TIMEOUT = Duration.ofSeconds(2);

    public DiscoverConfig {
        requireNonNull(postgres);
        requireNonNull(profiles);
        requireNonNull(statementTimeout);
        requireNonNull(lockTimeout);
    }
}
