/** What is known of a run at a moment and over time, and how people see it: as JSON and as a page. */
package ch.tocco.lomigrate.watch;
