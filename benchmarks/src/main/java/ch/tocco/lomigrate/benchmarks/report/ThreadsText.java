package ch.tocco.lomigrate.benchmarks.report;

import ch.tocco.lomigrate.benchmarks.results.Entry;
import ch.tocco.lomigrate.benchmarks.results.Run;
import ch.tocco.lomigrate.benchmarks.results.ToolRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which threads of the tool take its CPU time. */
final class ThreadsText {
    /** As {@link Run#threads} names them. */
    private static final List<String> KINDS = List.of(
            "start", "observer", "receivers", "storers", "committers", "monitor", "JIT compiler", "collector", "rest");

    private ThreadsText() {}

    static void add(Page page, Map<String, Entry<ToolRuns>> tool) {
        List<Entry<ToolRuns>> looked = tool.values().stream()
                .filter(entry -> entry.figures().runs().stream()
                        .noneMatch(run -> run.threads().isEmpty()))
                .toList();
        if (looked.isEmpty()) {
            return;
        }
        page.text("## Where the client's CPU time goes");
        page.text("""
                Percent of it, by threads. *Start*: the main thread until the first object is in the store; then it is
                the observer. Storers with the event loops of the HTTP client, the monitor with the count of the table.""");
        List<String> columns = new ArrayList<>(List.of("workload"));
        columns.addAll(KINDS);
        page.table(columns.toArray(String[]::new));
        for (Entry<ToolRuns> entry : looked) {
            List<Object> cells = new ArrayList<>();
            cells.add(Page.marked(entry.figures().description(), entry.circumstances()));
            KINDS.forEach(kind -> cells.add(Run.median(entry.figures().runs(), run -> run.threadsPercent(kind))));
            page.line("| %s" + " | %.1f".repeat(KINDS.size()) + " |", cells.toArray());
        }
        page.end();
    }
}
