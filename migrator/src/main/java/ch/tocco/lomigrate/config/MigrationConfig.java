package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import ch.tocco.lomigrate.pacing.SteeringConfig;
import ch.tocco.lomigrate.pacing.ThrottleConfig;

/**
 * Everything one run needs to know, complete and checked before the first connection is opened.
 *
 * @param postgres the database to read from
 * @param s3 the bucket to write to
 * @param tuning ring sizes, threads and budgets
 * @param run how the run behaves as a whole
 * @param faults what it puts up with
 * @param throttle how gentle it is with production
 * @param steering how others steer it
 */
public record MigrationConfig(
        PostgresConfig postgres,
        S3Config s3,
        TuningConfig tuning,
        RunConfig run,
        FaultConfig faults,
        ThrottleConfig throttle,
        SteeringConfig steering) {
    public MigrationConfig {
        requireNonNull(postgres);
        requireNonNull(s3);
        requireNonNull(tuning);
        requireNonNull(run);
        requireNonNull(faults);
        requireNonNull(throttle);
        requireNonNull(steering);
    }
}
