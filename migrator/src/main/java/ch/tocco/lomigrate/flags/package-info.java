/**
 * What each flag is called, takes and means: a class per group of flags, a class per command, and how a text becomes a
 * value. With {@code arguments} the only user of JCommander.
 */
package ch.tocco.lomigrate.flags;
