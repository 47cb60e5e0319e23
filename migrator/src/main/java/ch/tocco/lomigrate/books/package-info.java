/** The accounts of a run: counters, failed rows, and the file that lists them. Stages settle each listed object here. */
package ch.tocco.lomigrate.books;
