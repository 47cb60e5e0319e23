/** The report of {@code lo-migrate status}: what is done, what is pending and who works on it, from the database only. */
package ch.tocco.lomigrate.status;
