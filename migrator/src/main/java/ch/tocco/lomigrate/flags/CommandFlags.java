package ch.tocco.lomigrate.flags;

/** The flags of one command. Holds the headings of the help, in its order. */
public sealed interface CommandFlags permits MigrateFlags, FinalizeFlags {
    String SOURCE = "Source database";
    String TARGET = "Target store";
    String PIPELINE = "Pipeline and budgets";
    String RUN = "Run";
    String FAULTS = "Faults and outages";

    /** What shows something and does nothing else. */
    String OTHER = "Other";

    /** What every command has. */
    GeneralFlags general();

    /** Which database. */
    DatabaseFlags database();
}
