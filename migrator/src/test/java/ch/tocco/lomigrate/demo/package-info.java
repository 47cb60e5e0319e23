/** A migration to watch, on servers of its own. */
package ch.tocco.lomigrate.demo;
