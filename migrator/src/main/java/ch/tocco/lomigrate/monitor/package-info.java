/** The display of a run: its numbers, their text, and the thread that shows them. */
package ch.tocco.lomigrate.monitor;
