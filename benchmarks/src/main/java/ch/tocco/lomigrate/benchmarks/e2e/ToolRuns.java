package ch.tocco.lomigrate.benchmarks.e2e;

import java.util.List;

/**
 * Runs of the tool over one workload, for what is told of each workload.
 *
 * @param description what was migrated
 */
record ToolRuns(String description, List<Run> runs) {}
