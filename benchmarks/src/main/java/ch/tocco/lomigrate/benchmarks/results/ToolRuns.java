package ch.tocco.lomigrate.benchmarks.results;

import java.util.List;

/**
 * Runs of the tool over one workload, for what is told of each workload.
 *
 * @param description what was migrated
 */
public record ToolRuns(String description, List<Run> runs) {}
