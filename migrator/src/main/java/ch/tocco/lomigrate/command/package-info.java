/** A class per command, each a list of named steps from the first check to the outcome. */
package ch.tocco.lomigrate.command;
