/** The numbers of a run, in one registry, and how they are shown. */
package ch.tocco.lomigrate.monitor;
