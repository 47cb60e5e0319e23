/**
 * Gives the tool each secret in each way there is, and looks for them in all that leaves the process. {@link
 * ch.tocco.lomigrate.it.secrets.Way} and {@link ch.tocco.lomigrate.secrets.Exit} are the two tables: a new way, or a new exit, is
 * one line there.
 */
package ch.tocco.lomigrate.it.secrets;
