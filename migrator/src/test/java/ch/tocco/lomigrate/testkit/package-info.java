/**
 * Real servers, source data and independent checks for tests, demo and benchmarks. Knows nothing of the tool's own
 * classes, so that what it says about a run is a second opinion. Only {@link
 * ch.tocco.lomigrate.testkit.servers.Backends} depends on JUnit.
 */
package ch.tocco.lomigrate.testkit;
