/** The files of {@code --report}: what is known of a run, kept for later. */
package ch.tocco.lomigrate.report;
