/**
 * What each flag is called, takes and means: a class per group of flags, a class per command, and how texts become
 * values. With {@code cli} the only user of JCommander.
 */
package ch.tocco.lomigrate.flags;
