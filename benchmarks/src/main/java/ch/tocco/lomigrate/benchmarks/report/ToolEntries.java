package ch.tocco.lomigrate.benchmarks.report;

import ch.tocco.lomigrate.benchmarks.results.Entry;
import ch.tocco.lomigrate.benchmarks.results.Outcome;
import ch.tocco.lomigrate.benchmarks.results.Results;
import ch.tocco.lomigrate.benchmarks.results.ToolRuns;
import java.util.LinkedHashMap;
import java.util.Map;

/** The runs of the tool over every workload, whatever each was measured for. */
final class ToolEntries {
    private ToolEntries() {}

    /** By the name of the workload. */
    static Map<String, Entry<ToolRuns>> of(Results results) {
        Map<String, Entry<ToolRuns>> all = new LinkedHashMap<>();
        results.compared().forEach((name, entry) -> {
            Outcome outcome = entry.figures();
            all.put(name, new Entry<>(entry.circumstances(), new ToolRuns(outcome.description(), outcome.tool())));
        });
        results.mixed()
                .forEach((name, entry) -> all.put(
                        name, new Entry<>(entry.circumstances(), entry.figures().tool())));
        all.putAll(results.resumed());
        results.growth()
                .forEach((name, entry) -> all.put(
                        name, new Entry<>(entry.circumstances(), entry.figures().tool())));
        return all;
    }
}
