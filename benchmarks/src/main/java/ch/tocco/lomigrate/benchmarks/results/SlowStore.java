package ch.tocco.lomigrate.benchmarks.results;

import java.util.List;

/**
 * What waiting costs: runs over the same objects, in turn, into a store that takes long for each answer and into one that
 * answers at once.
 *
 * @param description what was migrated into the slow one
 * @param slow runs into that
 * @param instant runs into the other
 */
public record SlowStore(String description, List<Run> slow, List<Run> instant) {}
