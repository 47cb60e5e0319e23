package ch.tocco.lomigrate.pipeline;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.config.RunConfig;
import ch.tocco.lomigrate.config.RunConfig.DisplayMode;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.config.TuningConfig;
import ch.tocco.lomigrate.pacing.SteeringConfig;
import ch.tocco.lomigrate.pacing.ThrottleConfig;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.PlainBucket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Configurations for tests of what comes before and after the pipeline. */
public final class Configs {
    static final S3Config S3 = PlainBucket.at(URI.create("http://127.0.0.1:1"), "bucket", "access", Secrets.SECRET_KEY);

    private Configs() {}

    public static MigrationConfig of(
            SourceDatabase database, String user, String password, boolean checkBatchJob, boolean finalize) {
        return new MigrationConfig(
                Sessions.config(database, user, password),
                S3,
                new TuningConfig(
                        1024, 1024, 1024, 1, 4, 1, 100, 1 << 20, 96 << 20, Path.of("unused"), OptionalLong.empty()),
                new RunConfig(
                        RunConfig.DEFAULT_INTERVAL,
                        RunConfig.DEFAULT_STOP_GRACE,
                        finalize,
                        checkBatchJob,
                        true,
                        true,
                        DisplayMode.PLAIN,
                        Optional.empty()),
                new FaultConfig(
                        FaultConfig.DEFAULT_OUTAGE_TIMEOUT,
                        FaultConfig.DEFAULT_REQUEST_TIMEOUT,
                        Optional.empty(),
                        FaultConfig.DEFAULT_STALE_UPLOADS),
                ThrottleConfig.NONE,
                SteeringConfig.NONE,
                MigrationConfig.Watch.NONE);
    }
}
