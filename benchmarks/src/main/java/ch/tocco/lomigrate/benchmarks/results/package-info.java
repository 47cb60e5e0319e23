/** What was measured, as it is kept in {@code benchmarks/results.json}: one entry for each workload. */
package ch.tocco.lomigrate.benchmarks.results;
