package ch.tocco.lomigrate.benchmarks.results;

import java.util.List;

/**
 * How the server runs one statement.
 *
 * @param statement what it is for
 * @param scans the nodes of its plan that read
 */
public record QueryPlan(String statement, List<String> scans) {
    /** Whether a table is read as a whole. */
    public boolean readsAll() {
        return scans.stream().anyMatch(scan -> scan.startsWith("Seq Scan"));
    }
}
