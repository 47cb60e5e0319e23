package ch.tocco.lomigrate.subcommands;

import ch.tocco.lomigrate.config.MigrationConfig;
import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.config.RunConfig;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.config.Surroundings;
import ch.tocco.lomigrate.config.TuningConfig;
import ch.tocco.lomigrate.flags.DatabaseFlags;
import ch.tocco.lomigrate.flags.GeneralFlags;
import ch.tocco.lomigrate.flags.Mistakes;
import ch.tocco.lomigrate.flags.ObjectFlags;
import ch.tocco.lomigrate.flags.PipelineFlags;
import ch.tocco.lomigrate.flags.RunFlags;
import ch.tocco.lomigrate.flags.ShardFlags;
import ch.tocco.lomigrate.flags.SourceFlags;
import ch.tocco.lomigrate.flags.StoreFlags;
import ch.tocco.lomigrate.flags.ThrottleFlags;
import ch.tocco.lomigrate.flags.WatchFlags;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.pacing.SteeringConfig;
import ch.tocco.lomigrate.pacing.ThrottleConfig;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import java.util.Optional;

/** The flags of {@code lo-migrate migrate}. */
@Parameters(commandDescription = "Copies every large object that is pending into the bucket and records its SHA-256.")
public final class MigrateFlags implements CommandFlags {
    @ParametersDelegate
    private final DatabaseFlags database = new DatabaseFlags();

    @ParametersDelegate
    private final DatabaseFlags.Lock lock = new DatabaseFlags.Lock();

    @ParametersDelegate
    private final StoreFlags store = new StoreFlags();

    @ParametersDelegate
    private final ObjectFlags objects = new ObjectFlags();

    @ParametersDelegate
    private final PipelineFlags pipeline = new PipelineFlags();

    @ParametersDelegate
    private final RunFlags run = new RunFlags();

    @ParametersDelegate
    private final ShardFlags shard = new ShardFlags();

    @ParametersDelegate
    private final WatchFlags watch = new WatchFlags();

    @ParametersDelegate
    private final ThrottleFlags throttle = new ThrottleFlags();

    @ParametersDelegate
    private final SourceFlags source = new SourceFlags();

    @ParametersDelegate
    private final GeneralFlags general = new GeneralFlags();

    @Override
    public GeneralFlags general() {
        return general;
    }

    /** Which database. */
    public DatabaseFlags database() {
        return database;
    }

    /** Which rows. */
    public SourceFlags source() {
        return source;
    }

    /** Which rows, in detail; empty only if a mistake was noted. */
    public Optional<SourceMapping> toMapping(Mistakes mistakes) {
        Optional<SourceMapping> mapping = source.toMapping(mistakes);
        if (run.finalizeAfter && mapping.isPresent() && !mapping.get().complete()) {
            mistakes.mistake("--finalize", "is for the table of Tocco as it is, without flags for other sources");
        }
        return mapping;
    }

    private SteeringConfig steering(Surroundings surroundings) {
        var environment = surroundings.environment();
        var places = SteeringConfig.Places.of(environment, surroundings.temporary());
        return new SteeringConfig(Optional.of(places), run.hook(), environment);
    }

    /** The whole configuration; empty only if a mistake was noted. */
    public Optional<MigrationConfig> toConfig(Surroundings surroundings, Mistakes mistakes) {
        Optional<PostgresConfig> postgres = database.toConfig(surroundings, mistakes);
        Optional<S3Config> s3 = objects.toConfig(store.toConfig(surroundings, mistakes), mistakes);
        TuningConfig tuning = pipeline.toConfig(surroundings, mistakes);
        RunConfig running = run.toConfig(
                source.isTocco(), !lock.noLock, surroundings.terminal(), shard.toConfig(surroundings, mistakes));
        if (run.finalizeAfter && shard.isGiven()) {
            mistakes.mistake(
                    "--finalize",
                    "is for a run over all rows: leave it out with --shard, and run lo-migrate finalize, or migrate --finalize, once all shards are done");
        }
        ThrottleConfig throttling = throttle.toConfig(mistakes);
        return postgres.isEmpty() || s3.isEmpty()
                ? Optional.empty()
                : Optional.of(new MigrationConfig(
                        postgres.get(),
                        s3.get(),
                        tuning,
                        running,
                        run.faults(),
                        throttling,
                        steering(surroundings),
                        watch.toConfig()));
    }
}
