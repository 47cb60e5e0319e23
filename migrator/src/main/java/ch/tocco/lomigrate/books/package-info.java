/** What the stages settle each listed object against: counters, failed rows, and the file that lists them. */
package ch.tocco.lomigrate.books;
