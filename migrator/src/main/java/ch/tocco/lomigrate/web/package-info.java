/** Serves what is known of a run over HTTP, read-only. */
package ch.tocco.lomigrate.web;
