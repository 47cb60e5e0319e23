package ch.tocco.lomigrate.flags;

/** The flags of one command. Holds the headings of the help, in its order. */
public sealed interface CommandFlags permits MigrateFlags, FinalizeFlags, DiscoverFlags, ProfilesFlags {
    String SOURCE = "Source database";
    String TARGET = "Target store";
    String PIPELINE = "Pipeline and budgets";
    String RUN = "Run";
    String FAULTS = "Faults and outages";
    String THROTTLE = "Gentle on production";
    String DISCOVERY = "Discovery";

    String ROWS = "Other sources than the table of Tocco";

    /** Flags that show something and do nothing else. */
    String OTHER = "Other";

    /** The flags that every command has. */
    GeneralFlags general();

    /** The flags that name the database. */
    DatabaseFlags database();
}
