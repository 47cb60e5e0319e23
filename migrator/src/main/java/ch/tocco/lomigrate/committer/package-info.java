/** Writes the hashes of stored objects into the source table, many per transaction. */
package ch.tocco.lomigrate.committer;
