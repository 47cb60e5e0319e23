/** A class per command: which groups of flags it has, and the configuration that they make together. */
package ch.tocco.lomigrate.subcommands;
