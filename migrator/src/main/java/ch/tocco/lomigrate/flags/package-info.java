/**
 * The name, values and meaning of each flag: a class per group of flags. Only this package, {@code subcommands},
 * {@code arguments} and {@code values} use JCommander.
 */
package ch.tocco.lomigrate.flags;
