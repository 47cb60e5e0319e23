package ch.tocco.lomigrate.benchmarks.report;

import ch.tocco.lomigrate.benchmarks.results.Circumstances;
import ch.tocco.lomigrate.benchmarks.results.Entry;
import ch.tocco.lomigrate.benchmarks.results.Results;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** All results as a page of Markdown: when and where each was measured, then a section for each kind. */
final class ResultsText {
    /** What a complete page has, by the names that {@code --workload} takes. */
    private static final List<String> WORKLOADS =
            List.of("small", "small-distant", "medium", "large", "mixed", "resumed", "growth", "slow-store", "shards");

    private ResultsText() {}

    static String of(Results results) {
        Page page = new Page();
        head(page, results);
        ComparisonText.add(page, results);
        OtherWorkloadsText.add(page, results);
        SweepsText.add(page, results);
        SoakText.add(page, results);
        MicroText.add(page, results);
        missing(page, results);
        return page.toString();
    }

    private static void head(Page page, Results results) {
        page.text("# Measured");
        page.text("""
                Written by `scripts/bench` from `results.json`, which has the figures of each round; do not edit. Medians
                of the rounds, tool and baseline in turn. Client, database and store (a sink that keeps nothing) are
                processes of one machine and share its processors.""");
        Map<String, Circumstances> measured = measured(results);
        if (measured.values().stream().anyMatch(how -> !how.quotable())) {
            page.text(Page.MARK
                    + " **few objects or fewer than five rounds: the start of the JVM weighs heavily, and chance."
                    + " Not to be quoted.**");
        }
        page.table("measured", "date", "rounds", "machine", "versions");
        Map<String, List<String>> namesOf = new LinkedHashMap<>();
        measured.forEach((name, how) -> namesOf.computeIfAbsent(
                        "%s | %d | %s | %s".formatted(how.date(), how.rounds(), how.machine(), how.versions()),
                        circumstances -> new ArrayList<>())
                .add(Page.marked(name, how)));
        namesOf.forEach((how, names) -> page.line("| " + String.join(", ", names) + " | " + how + " |"));
        page.end();
    }

    private static Map<String, Circumstances> measured(Results results) {
        Map<String, Circumstances> all = new LinkedHashMap<>();
        List.of(results.compared(), results.mixed(), results.resumed(), results.growth(), results.slowStore())
                .forEach(kind -> addTo(all, kind));
        addTo(all, results.shards());
        addTo(all, results.sweeps());
        addTo(all, results.micro());
        return all;
    }

    private static void addTo(Map<String, Circumstances> all, SortedMap<String, ? extends Entry<?>> kind) {
        kind.forEach((name, entry) -> all.put(name, entry.circumstances()));
    }

    private static void missing(Page page, Results results) {
        Map<String, Circumstances> measured = measured(results);
        String names = WORKLOADS.stream()
                .filter(name -> !measured.containsKey(name))
                .map(name -> "`" + name + "`")
                .collect(Collectors.joining(", "));
        if (!names.isEmpty()) {
            page.text("## Not measured yet");
            page.text("`scripts/bench --full --end-to-end --workload NAME` adds one of them: " + names);
        }
    }
}
