/** The numbers of a run and of its process, as Prometheus reads them. */
package ch.tocco.lomigrate.metrics;
