package ch.tocco.lomigrate.subcommands;

import ch.tocco.lomigrate.flags.GeneralFlags;

/** The flags of one command: groups of flags, and what they say together. */
public sealed interface CommandFlags
        permits MigrateFlags, FinalizeFlags, StatusFlags, DiscoverFlags, ProfilesFlags, ControlFlags {
    /** The flags that every command has. */
    GeneralFlags general();
}
