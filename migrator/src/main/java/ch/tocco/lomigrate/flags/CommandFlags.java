package ch.tocco.lomigrate.flags;

/** The flags of one command. */
public sealed interface CommandFlags permits MigrateFlags, FinalizeFlags {
    /** What every command has. */
    GeneralFlags general();

    /** Which database. */
    DatabaseFlags database();
}
