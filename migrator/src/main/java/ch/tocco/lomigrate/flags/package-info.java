/**
 * The name, values and meaning of each flag: a class per group of flags, a class per command, and the conversion of texts
 * to values. Only this package and {@code arguments} use JCommander.
 */
package ch.tocco.lomigrate.flags;
