/** Whole migrations, by the packaged tool and by its baselines, each in a process of its own. */
package ch.tocco.lomigrate.benchmarks.e2e;
