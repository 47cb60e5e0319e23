package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import ch.tocco.lomigrate.pacing.SteeringConfig;
import ch.tocco.lomigrate.pacing.ThrottleConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
 * @param watch how it may be watched
 */
public record MigrationConfig(
        PostgresConfig postgres,
        S3Config s3,
        TuningConfig tuning,
        RunConfig run,
        FaultConfig faults,
        ThrottleConfig throttle,
        SteeringConfig steering,
        Watch watch) {
    public MigrationConfig {
        requireNonNull(postgres);
        requireNonNull(s3);
        requireNonNull(tuning);
        requireNonNull(run);
        requireNonNull(faults);
        requireNonNull(throttle);
        requireNonNull(steering);
        requireNonNull(watch);
    }

    /**
     * How a run may be watched from outside.
     *
     * @param listen where metrics and the live page are served; empty: nowhere
     * @param reports files that the report is written to
     */
    public record Watch(Optional<Address> listen, List<Path> reports) {
        /** A run that only its display and its log tell of. */
        public static final Watch NONE = new Watch(Optional.empty(), List.of());

        public Watch {
            reports = List.copyOf(reports);
        }

        /** Whether anything is to be recorded at all. */
        public boolean wanted() {
            return listen.isPresent() || !reports.isEmpty();
        }

        /**
         * Where to listen.
         *
         * @param host a name or an address, IPv6 without brackets
         * @param port 0: any that is free
         */
        public record Address(String host, int port) {
            /** As it stands in a URL. */
            @Override
            public String toString() {
                return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
            }
        }
    }
}
