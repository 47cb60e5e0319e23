/** Whole runs on the schemas of other applications than Tocco, written from what is known of them. */
package ch.tocco.lomigrate.profiles;
