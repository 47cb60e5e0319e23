/** Micro benchmarks of the steps that every object takes, each with the baseline that it is to be compared with. */
package ch.tocco.lomigrate.benchmarks;
