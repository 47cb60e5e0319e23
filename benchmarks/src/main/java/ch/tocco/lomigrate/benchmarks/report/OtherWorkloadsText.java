package ch.tocco.lomigrate.benchmarks.report;

import ch.tocco.lomigrate.benchmarks.results.Entry;
import ch.tocco.lomigrate.benchmarks.results.Growth;
import ch.tocco.lomigrate.benchmarks.results.Mixed;
import ch.tocco.lomigrate.benchmarks.results.Outcome;
import ch.tocco.lomigrate.benchmarks.results.QueryPlan;
import ch.tocco.lomigrate.benchmarks.results.Results;
import ch.tocco.lomigrate.benchmarks.results.Run;
import ch.tocco.lomigrate.benchmarks.results.Shards;
import ch.tocco.lomigrate.benchmarks.results.SlowStore;
import ch.tocco.lomigrate.benchmarks.results.ToolRuns;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What the tool costs, and the workloads that ask one question each. */
final class OtherWorkloadsText {
    private OtherWorkloadsText() {}

    static void add(Page page, Results results) {
        Map<String, Entry<ToolRuns>> tool = ToolEntries.of(results);
        if (!tool.isEmpty()) {
            cost(page, results, tool);
            ThreadsText.add(page, tool);
            memory(page, tool);
        }
        results.mixed().values().forEach(entry -> mixed(page, entry));
        results.resumed().values().forEach(entry -> resumed(page, entry));
        results.growth().values().forEach(entry -> growth(page, entry));
        results.slowStore().values().forEach(entry -> slowStore(page, entry));
        results.shards().values().forEach(entry -> shards(page, entry));
    }

    private static void cost(Page page, Results results, Map<String, Entry<ToolRuns>> tool) {
        page.text("## Cost of the client");
        page.text("CPU time per object, user and system, the start of the process included. Last: of both over the same"
                + " objects.");
        page.table("workload", "tool", "whole process", "first PUT", "same objects: tool", "predecessor's way");
        tool.forEach((name, entry) -> {
            List<Run> runs = entry.figures().runs();
            page.line(
                    "| %s | %,.0f µs | %s | %.1f s | %s |",
                    Page.marked(entry.figures().description(), entry.circumstances()),
                    Run.median(runs, Run::cpuMicros),
                    Page.rate(Run.median(runs, Run::rate)),
                    Run.median(runs, Run::firstPut),
                    Optional.ofNullable(results.compared().get(name))
                            .map(OtherWorkloadsText::cpuOfSame)
                            .orElse(" | "));
        });
        page.end();
    }

    private static String cpuOfSame(Entry<Outcome> entry) {
        Outcome outcome = entry.figures();
        return String.format(
                Locale.ROOT,
                "%,.0f µs (%,d) | %s",
                Run.median(outcome.toolOfSame(), Run::cpuMicros),
                outcome.predecessor().get(0).objects(),
                ComparisonText.marked(
                        String.format(Locale.ROOT, "%,.0f µs", Run.median(outcome.predecessor(), Run::cpuMicros)),
                        entry.circumstances()));
    }

    private static void memory(Page page, Map<String, Entry<ToolRuns>> tool) {
        page.text("## Memory over time");
        page.text(
                "Resident set of the tool in MiB when so much of the time was over; the largest of all runs at the end.");
        page.table("workload", "20 %", "40 %", "60 %", "80 %", "100 %", "peak");
        for (Entry<ToolRuns> entry : tool.values()) {
            List<Run> runs = entry.figures().runs();
            List<Object> cells = new ArrayList<>();
            cells.add(Page.marked(entry.figures().description(), entry.circumstances()));
            for (double share : new double[] {0.2, 0.4, 0.6, 0.8, 1}) {
                cells.add(Run.median(runs, run -> run.timeline().rssMib(share)));
            }
            cells.add(runs.stream().mapToDouble(Run::peakMib).max().orElse(0));
            page.line("| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |", cells.toArray());
        }
        page.end();
        page.text("![Resident set over time](plots/memory.svg)");
        page.text("![Objects per second over time](plots/throughput.svg)");
    }

    private static void mixed(Page page, Entry<Mixed> entry) {
        page.text("## Small objects while a giant is under way");
        page.text("""
                From the first small object in the store until the last giant is there, against the time that as many
                of the first small objects take in a table without giants. Longest pause: without any small object in
                the store, while there were some left.""");
        page.table(
                "workload",
                "small objects meanwhile",
                "their rate",
                "rate alone",
                "ratio",
                "longest pause",
                "longest pause alone");
        page.line(
                "| %s | %,.0f | %s | %s | **%.0f %%** | %.2f s | %.2f s |",
                Page.marked(entry.figures().description(), entry.circumstances()),
                median(entry.figures().rounds(), Mixed.Round::compared),
                Page.rate(median(entry.figures().rounds(), Mixed.Round::rate)),
                Page.rate(median(entry.figures().rounds(), Mixed.Round::rateAlone)),
                median(entry.figures().rounds(), round -> 100 * round.rate() / round.rateAlone()),
                median(entry.figures().rounds(), Mixed.Round::pause),
                median(entry.figures().rounds(), Mixed.Round::pauseAlone));
        page.end();
    }

    private static void resumed(Page page, Entry<ToolRuns> entry) {
        page.text("## Resuming a run that is nearly done");
        page.text("The rows that are left are the last ones of the table.");
        page.table("workload", "start of the process to the first PUT", "to its end");
        page.line(
                "| %s | **%.1f s** | %.1f s |",
                Page.marked(entry.figures().description(), entry.circumstances()),
                median(entry.figures().runs(), Run::firstPut),
                median(entry.figures().runs(), Run::seconds));
        page.end();
    }

    private static void growth(Page page, Entry<Growth> entry) {
        page.text("## Cost in a large table");
        page.text("Last fifth over second fifth of the table, per object.");
        page.table("workload", "time", "client CPU");
        page.line(
                "| %s | **%.2f ×** | %.2f × |",
                Page.marked(entry.figures().description(), entry.circumstances()),
                median(entry.figures().rounds(), Growth.Round::time),
                median(entry.figures().rounds(), Growth.Round::cpu));
        page.end();
        page.text("Plans after that, as the server makes them for statements that are prepared:");
        for (QueryPlan plan : entry.figures().plans()) {
            page.line(
                    "- %s: %s%s",
                    plan.statement(),
                    String.join(", ", plan.scans()),
                    plan.readsAll() ? " — **reads a whole table**" : "");
        }
        page.end();
    }

    private static void slowStore(Page page, Entry<SlowStore> entry) {
        page.text("## What waiting costs");
        page.text(
                "CPU time per object of the whole process, into the slow store and into one that answers at once, in turn.");
        page.table("workload", "rate", "CPU", "instant store", "ratio");
        double slow = Run.median(entry.figures().slow(), Run::cpuMicros);
        double instant = Run.median(entry.figures().instant(), Run::cpuMicros);
        page.line(
                "| %s | %s | %,.0f µs | %,.0f µs | **%.2f ×** |",
                Page.marked(entry.figures().description(), entry.circumstances()),
                Page.rate(Run.median(entry.figures().slow(), Run::rate)),
                slow,
                instant,
                slow / instant);
        page.end();
    }

    private static void shards(Page page, Entry<Shards> entry) {
        page.text("## Shards on a slow store");
        page.text("""
                Processes at the same time, each with a shard of the rows, against one process over all rows; from the
                start of the first to the end of the last. The store's limit: PUTs in flight over the time of an answer.
                Largest shard: the rows of the shard that has the most, times the number of shards, over all rows.""");
        page.line("%s:", Page.marked(entry.figures().description(), entry.circumstances()));
        page.end();
        page.table(
                "shards", "time", "rate", "ratio", "store's limit", "share of it", "largest shard", "CPU per object");
        Map<Integer, List<Shards.Together>> byShards = entry.figures().runs().stream()
                .collect(Collectors.groupingBy(Shards.Together::shards, TreeMap::new, Collectors.toList()));
        double alone = median(byShards.get(1), Shards.Together::rate);
        byShards.forEach((shards, runs) -> {
            double rate = median(runs, Shards.Together::rate);
            double limit = shards * entry.figures().limitOfOne();
            page.line(
                    "| %d | %,.0f s | %s | **%.2f ×** | %s | %.0f %% | %.2f | %,.0f µs |",
                    shards,
                    median(runs, Shards.Together::seconds),
                    Page.rate(rate),
                    rate / alone,
                    Page.rate(limit),
                    100 * rate / limit,
                    median(runs, run -> (double) run.largest() * shards / run.objects()),
                    median(runs, Shards.Together::cpuMicros));
        });
        page.end();
    }

    private static <T> double median(List<T> rounds, ToDoubleFunction<T> value) {
        return Run.median(rounds.stream().mapToDouble(value).toArray());
    }
}
