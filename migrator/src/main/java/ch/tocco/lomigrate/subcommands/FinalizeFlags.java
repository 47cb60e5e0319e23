package ch.tocco.lomigrate.subcommands;

import ch.tocco.lomigrate.config.FinalizeConfig;
import ch.tocco.lomigrate.config.Surroundings;
import ch.tocco.lomigrate.flags.DatabaseFlags;
import ch.tocco.lomigrate.flags.GeneralFlags;
import ch.tocco.lomigrate.flags.Mistakes;
import ch.tocco.lomigrate.flags.OutageFlags;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import java.util.Optional;

/** The flags of {@code lo-migrate finalize}. */
@Parameters(
        commandDescription = "Makes sha2 NOT NULL and UNIQUE once no row is pending; requires ownership of the table.")
public final class FinalizeFlags implements CommandFlags {
    @ParametersDelegate
    private final DatabaseFlags database = new DatabaseFlags();

    @ParametersDelegate
    private final DatabaseFlags.Lock lock = new DatabaseFlags.Lock();

    @ParametersDelegate
    private final OutageFlags outage = new OutageFlags();

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

    /** The whole configuration; empty only if a mistake was noted. */
    public Optional<FinalizeConfig> toConfig(Surroundings surroundings, Mistakes mistakes) {
        return database.toConfig(surroundings, mistakes)
                .map(postgres ->
                        new FinalizeConfig(postgres, !lock.noLock, outage.outageTimeout, outage.requestTimeout));
    }
}
