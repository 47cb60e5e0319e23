package ch.tocco.lomigrate.subcommands;

import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.config.Surroundings;
import ch.tocco.lomigrate.flags.DatabaseFlags;
import ch.tocco.lomigrate.flags.GeneralFlags;
import ch.tocco.lomigrate.flags.Headings;
import ch.tocco.lomigrate.flags.Mistakes;
import ch.tocco.lomigrate.flags.SourceFlags;
import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.values.Converters;
import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import java.util.Optional;

/** The flags of {@code lo-migrate status}. */
@Parameters(
        commandDescription =
                "Says how many rows are stored, pending and failed, and which runs are at work. Asks the database only.")
public final class StatusFlags implements CommandFlags {
    @ParametersDelegate
    private final DatabaseFlags database = new DatabaseFlags();

    @Parameter(
            names = "--json",
            arity = 1,
            converter = Converters.Switch.class,
            category = Headings.RUN,
            order = 50,
            description = "Write the report as JSON, for programs; the configuration goes to stderr.")
    private boolean json;

    @ParametersDelegate
    private final SourceFlags source = new SourceFlags();

    @ParametersDelegate
    private final GeneralFlags general = new GeneralFlags();

    @Override
    public GeneralFlags general() {
        return general;
    }

    /** How to reach the database. */
    public DatabaseFlags database() {
        return database;
    }

    /** Whether a program reads the report. */
    public boolean json() {
        return json;
    }

    /** Which database; empty only after a mistake was noted. */
    public Optional<PostgresConfig> postgres(Surroundings surroundings, Mistakes mistakes) {
        return database.toConfig(surroundings, mistakes);
    }

    /** Which rows; empty only after a mistake was noted. */
    public Optional<SourceMapping> mapping(Mistakes mistakes) {
        return source.toMapping(mistakes);
    }
}
