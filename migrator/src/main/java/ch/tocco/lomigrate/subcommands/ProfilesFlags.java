package ch.tocco.lomigrate.subcommands;

import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.config.Surroundings;
import ch.tocco.lomigrate.flags.DatabaseFlags;
import ch.tocco.lomigrate.flags.GeneralFlags;
import ch.tocco.lomigrate.flags.Headings;
import ch.tocco.lomigrate.flags.Mistakes;
import ch.tocco.lomigrate.flags.SourceFlags;
import ch.tocco.lomigrate.flags.StoreFlags;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.values.Converters;
import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import java.util.Optional;

/** The flags of {@code lo-migrate profiles}. */
@Parameters(
        commandDescription =
                "Lists the built-in profiles, prints the one that is named, or with --ddl the statements that make the"
                        + " tables of --state table.")
public final class ProfilesFlags implements CommandFlags {
    @Parameter(
            names = "--ddl",
            arity = 1,
            converter = Converters.Switch.class,
            category = Headings.RUN,
            order = 49,
            description = "Print what a DBA runs where the role of --pg-url may not create tables. Takes the flags of a"
                    + " source, and those of the bucket that it goes to.")
    boolean ddl;

    @ParametersDelegate
    private final DatabaseFlags database = new DatabaseFlags();

    @ParametersDelegate
    private final StoreFlags store = new StoreFlags();

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

    /** Whether statements are wanted. */
    public boolean ddl() {
        return ddl;
    }

    public Optional<PostgresConfig> postgres(Surroundings surroundings, Mistakes mistakes) {
        return database.toConfig(surroundings, mistakes);
    }

    public Optional<S3Config> s3(Surroundings surroundings, Mistakes mistakes) {
        return store.toConfig(surroundings, mistakes);
    }

    /** Which rows; empty only after a mistake was noted. */
    public Optional<SourceMapping> mapping(Mistakes mistakes) {
        Optional<SourceMapping> mapping = source.toMapping(mistakes);
        if (mapping.isPresent() && !(mapping.get().state() instanceof SourceMapping.StateTable)) {
            mistakes.mistake("--ddl", "is for sources with --state table: name one by --profile or --table");
        }
        return mapping;
    }
}
