/** The report of {@code lo-migrate discover}: sources, suspects and orphans of a database, for people and programs. */
package ch.tocco.lomigrate.discover;
