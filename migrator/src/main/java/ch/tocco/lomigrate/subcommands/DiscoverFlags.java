package ch.tocco.lomigrate.subcommands;

import ch.tocco.lomigrate.config.DiscoverConfig;
import ch.tocco.lomigrate.config.Surroundings;
import ch.tocco.lomigrate.flags.DatabaseFlags;
import ch.tocco.lomigrate.flags.GeneralFlags;
import ch.tocco.lomigrate.flags.Headings;
import ch.tocco.lomigrate.flags.Mistakes;
import ch.tocco.lomigrate.values.Converters;
import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The flags of {@code lo-migrate discover}. */
@Parameters(
        commandDescription =
                "Says where a database has large objects, who refers to them, and which are orphans." + " Reads only.")
public final class DiscoverFlags implements CommandFlags {
    @ParametersDelegate
    private final DatabaseFlags database = new DatabaseFlags();

    @Parameter(
            names = "--json",
            arity = 1,
            converter = Converters.Switch.class,
            category = Headings.DISCOVERY,
            order = 30,
            description = "Write the report as one JSON object, for programs; the configuration goes to stderr.")
    private boolean json;

    @Parameter(
            names = "--write-profiles",
            placeholder = "DIR",
            converter = Converters.FilePath.class,
            category = Headings.DISCOVERY,
            order = 31,
            defaultValueDescription = "none",
            description = "Write a ready @FILE for each source found into this directory; files that exist are left"
                    + " alone.")
    private Path profiles;

    @Parameter(
            names = "--exact",
            arity = 1,
            converter = Converters.Switch.class,
            category = Headings.DISCOVERY,
            order = 32,
            description = "Read every reference and the size of every object, however many there are, instead of"
                    + " estimating from a sample where there are many.")
    private boolean exact;

    @Parameter(
            names = "--sample-rows",
            placeholder = "N",
            converter = Converters.SampleRows.class,
            category = Headings.DISCOVERY,
            order = 33,
            description = "About how many rows of each table are looked at to tell whether text or numbers name large"
                    + " objects.")
    private int sampleRows = DiscoverConfig.DEFAULT_SAMPLE_ROWS;

    @Parameter(
            names = "--statement-timeout",
            placeholder = "s",
            converter = Converters.Seconds.class,
            category = Headings.DISCOVERY,
            order = 34,
            description = "Longest time that one statement may take; what takes longer is reported as not read.")
    private Duration statementTimeout = DiscoverConfig.DEFAULT_STATEMENT_TIMEOUT;

    @Parameter(
            names = "--lock-timeout",
            placeholder = "s",
            converter = Converters.Seconds.class,
            category = Headings.DISCOVERY,
            order = 35,
            description = "Longest wait for a table that another session has locked; it is reported as not read then.")
    private Duration lockTimeout = DiscoverConfig.DEFAULT_LOCK_TIMEOUT;

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

    /** The whole configuration; empty only after a mistake was noted. */
    public Optional<DiscoverConfig> toConfig(Surroundings surroundings, Mistakes mistakes) {
        if (profiles != null && Files.exists(profiles) && !Files.isDirectory(profiles)) {
            mistakes.mistake("--write-profiles", "is no directory: '" + profiles + "'");
        }
        return database.toConfig(surroundings, mistakes)
                .map(postgres -> new DiscoverConfig(
                        postgres,
                        json,
                        Optional.ofNullable(profiles),
                        exact,
                        sampleRows,
                        statementTimeout,
                        lockTimeout));
    }
}
