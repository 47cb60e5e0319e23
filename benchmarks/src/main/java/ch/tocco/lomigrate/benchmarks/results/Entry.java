package ch.tocco.lomigrate.benchmarks.results;

/**
 * Figures and how they came about.
 *
 * @param <T> what was measured
 */
public record Entry<T>(Circumstances circumstances, T figures) {}
