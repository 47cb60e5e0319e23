package ch.tocco.lomigrate.benchmarks.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What was measured as a Markdown page. */
final class ResultsText {
    private final Page page = new Page();
    private final Measured measured;

    private ResultsText(Measured measured) {
        this.measured = measured;
    }

    /** The page; {@code complete}: all objects, five rounds. */
    static String of(Measured measured, String postgres, int rounds, boolean complete) throws IOException {
        ResultsText text = new ResultsText(measured);
        text.head(postgres, rounds, complete);
        text.comparison();
        text.cost();
        text.memory();
        text.limits();
        text.mixed();
        text.resumed();
        text.growth();
        text.sweeps();
        text.missing();
        return text.page.toString();
    }

    private void head(String postgres, int rounds, boolean complete) throws IOException {
        page.text("# Whole migrations, measured");
        page.text("Written by `scripts/bench`; do not edit. Medians of " + rounds
                + " rounds, tool and baseline in turn.");
        if (!complete) {
            page.text(
                    "**A run with few objects or few rounds: the start of the JVM weighs heavily. Not to be quoted.**");
        }
        page.line("- date: %s", LocalDate.now(ZoneOffset.UTC));
        page.line(
                "- machine: %d processors (%s), %d MiB of memory, %s %s",
                Runtime.getRuntime().availableProcessors(),
                fromProc("cpuinfo", "model name"),
                Long.parseLong(fromProc("meminfo", "MemTotal").replaceAll("\\D", "")) / 1024,
                System.getProperty("os.name"),
                System.getProperty("os.version").replaceFirst("^(\\d+\\.\\d+).*", "$1"));
        page.line(
                "- versions: Java %s, PostgreSQL %s (embedded, fsync on, in the page cache)",
                System.getProperty("java.version"), postgres);
        page.text("- client, database and store (a sink that keeps nothing) are processes of one machine and share its"
                + " processors");
    }

    private static String fromProc(String file, String key) throws IOException {
        return Files.readAllLines(Path.of("/proc", file)).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private void comparison() {
        if (measured.compared.isEmpty()) {
            return;
        }
        page.text("## Against the predecessor's way");
        page.text("""
                Predecessor's way: per object BEGIN, lo_open, reads of 8 KiB, lo_close, COMMIT; one blocking PUT per
                storer thread, signed by the SDK; one UPDATE per row, 100 per transaction; 2/5/2 threads; objects
                above 1 MiB through a file, in one PUT.

                Two comparisons, both in objects per second. *Whole process*: both migrate a table of the same rows,
                the first ones of the workload, and the time is that of the process, its start included: with few
                objects this is mostly the start of two JVMs. *After start*: from the first object in the store to the
                end of the process, the tool over all objects, the predecessor's way over those in parentheses; its
                code has had less time to warm up then. Giants: whole process in both.""");
        page.table(
                "workload",
                "whole process: objects",
                "tool",
                "predecessor's way",
                "ratio",
                "after start: tool (objects)",
                "predecessor's way (objects)",
                "ratio");
        for (Outcome outcome : measured.compared) {
            double same = Run.median(outcome.toolOfFirst(), Run::rate);
            double baseline = Run.median(outcome.predecessor(), Run::rate);
            double baselineAfterStart = outcome.predecessorRateAfterStart();
            int few = outcome.predecessor().get(0).objects();
            page.line(
                    "| %s | %,d | %s | %s | **%.1f ×** | %s (%,d) | %s (%,d) | **%.1f ×** |",
                    outcome.workload().description(),
                    few,
                    rate(same),
                    rate(baseline),
                    same / baseline,
                    rate(outcome.rateAfterStart()),
                    outcome.workload().pending(),
                    rate(baselineAfterStart),
                    few,
                    outcome.rateAfterStart() / baselineAfterStart);
        }
        page.end();
    }

    private static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond < 100 ? "%.2f/s" : "%,.0f/s", perSecond);
    }

    private void cost() {
        page.text("## Cost of the client");
        page.text("CPU time per object, user and system, the start of the process included.");
        page.table("workload", "tool", "whole process", "first PUT", "predecessor's way (objects)");
        List<ToolRuns> all = measured.tool();
        for (int i = 0; i < all.size(); i++) {
            List<Run> runs = all.get(i).runs();
            page.line(
                    "| %s | %,.0f µs | %s | %.1f s | %s |",
                    all.get(i).description(),
                    Run.median(runs, Run::cpuMicros),
                    rate(Run.median(runs, Run::rate)),
                    Run.median(runs, Run::firstPut),
                    i < measured.compared.size() ? baselineCpu(measured.compared.get(i)) : "");
        }
        page.end();
    }

    private static String baselineCpu(Outcome outcome) {
        List<Run> runs = outcome.predecessor();
        return String.format(
                Locale.ROOT,
                "%,.0f µs (%,d)",
                Run.median(runs, Run::cpuMicros),
                runs.get(0).objects());
    }

    private void memory() {
        page.text("## Memory over time");
        page.text(
                "Resident set of the tool in MiB when so much of the time was over; the largest of all runs at the end.");
        page.table("workload", "20 %", "40 %", "60 %", "80 %", "100 %", "peak");
        for (ToolRuns tool : measured.tool()) {
            List<Object> cells = new ArrayList<>();
            cells.add(tool.description());
            for (double share : new double[] {0.2, 0.4, 0.6, 0.8, 1}) {
                cells.add(Run.median(tool.runs(), run -> run.timeline().rssMib(share)));
            }
            cells.add(tool.runs().stream().mapToDouble(Run::peakMib).max().orElse(0));
            page.line("| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |", cells.toArray());
        }
        page.end();
    }

    private void limits() {
        if (measured.compared.stream().allMatch(outcome -> outcome.limits().isEmpty())) {
            return;
        }
        page.text("## Against the limit");
        page.text("""
                Objects per second of each step alone on both cores. Limit = 1 / (1/read + 1/hash + 1/put + 1/commit):
                *raw* with pages by COPY and raw sockets, *practical* with `lo_get` in batches (giants: in chunks by
                COPY) and the tool's S3 requests. The tool's rate is that after start; in parentheses that of the whole
                process.""");
        page.table(
                "workload",
                "pages",
                "batches",
                "hash",
                "raw PUT",
                "tool's PUT",
                "commit",
                "raw limit",
                "practical limit",
                "tool / raw",
                "tool / practical");
        for (Outcome outcome : measured.compared) {
            outcome.limits().ifPresent(limits -> limit(outcome, limits));
        }
        page.end();
    }

    private void limit(Outcome outcome, Limits limits) {
        page.line(
                "| %s | %s | %s | %s | %s | %s | %s | %s | %s | **%.0f %%** (%.0f %%) | **%.0f %%** (%.0f %%) |",
                outcome.workload().description(),
                rate(limits.readPages()),
                rate(limits.readBatches()),
                rate(limits.hash()),
                rate(limits.putRaw()),
                rate(limits.putSdk()),
                Double.isInfinite(limits.commit()) ? "" : rate(limits.commit()),
                rate(limits.raw()),
                rate(limits.practical()),
                100 * outcome.rateAfterStart() / limits.raw(),
                100 * outcome.rate() / limits.raw(),
                100 * outcome.rateAfterStart() / limits.practical(),
                100 * outcome.rate() / limits.practical());
    }

    private void mixed() {
        measured.mixed.ifPresent(mixed -> {
            page.text("## Small objects while a giant is under way");
            page.text("""
                    From the first small object in the store until the last giant is there, against the time that as
                    many of the first small objects take in a table without giants. Longest pause: without any small
                    object in the store, while there were some left.""");
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
                    mixed.workload().description(),
                    Run.median(mixed.withGiants(), mixed::compared),
                    rate(Run.median(mixed.withGiants(), mixed::rateWithGiants)),
                    rate(Run.median(mixed.withGiants(), mixed::rateAlone)),
                    Run.median(mixed.withGiants(), run -> 100 * mixed.rateWithGiants(run) / mixed.rateAlone(run)),
                    Run.median(mixed.withGiants(), mixed::longestPause),
                    Run.median(mixed.alone(), mixed::longestPause));
            page.end();
        });
    }

    private void resumed() {
        measured.resumed.ifPresent(resumed -> {
            page.text("## Resuming a run that is nearly done");
            page.text("The rows that are left are the last ones of the table.");
            page.table("workload", "start of the process to the first PUT", "to its end");
            page.line(
                    "| %s | **%.1f s** | %.1f s |",
                    resumed.description(),
                    Run.median(resumed.runs(), Run::firstPut),
                    Run.median(resumed.runs(), run -> run.usage().seconds()));
            page.end();
        });
    }

    private void growth() {
        measured.growth.ifPresent(growth -> {
            page.text("## Cost in a large table");
            page.text("Last fifth over second fifth of the table, per object.");
            page.table("workload", "time", "client CPU");
            page.line(
                    "| %s | **%.2f ×** | %.2f × |",
                    growth.workload().description(), median(growth, growth::time), median(growth, growth::cpu));
            page.end();
            page.line("Plans after that, as the server makes them for statements that are prepared:");
            page.end();
            for (Plans.Plan plan : growth.plans()) {
                page.line(
                        "- %s: %s%s",
                        plan.statement(),
                        String.join(", ", plan.scans()),
                        plan.readsAll() ? " — **reads a whole table**" : "");
            }
            page.end();
        });
    }

    private static double median(Growth growth, ToDoubleFunction<Run> value) {
        return Run.median(growth.runs(), value);
    }

    private void sweeps() {
        if (measured.sweeps.isEmpty()) {
            return;
        }
        page.text("## Sizes and flags");
        page.text("The tool after its start, over loopback; for the flags objects of 8 KiB.");
        for (Sweeps.Sweep sweep : measured.sweeps) {
            page.table(sweep.title(), "objects", "MiB");
            for (Sweeps.Point point : sweep.points()) {
                page.line("| %s | %s | %,.1f/s |", point.value(), rate(point.rate()), point.mib());
            }
            page.end();
        }
    }

    private void missing() {
        List<String> left = new ArrayList<>();
        List<String> done = measured.compared.stream()
                .map(outcome -> outcome.workload().name())
                .toList();
        Workload.COMPARED.stream().filter(w -> !done.contains(w.name())).forEach(w -> left.add(w.description()));
        if (measured.mixed.isEmpty()) {
            left.add(Workload.MIXED.description());
        }
        if (measured.resumed.isEmpty()) {
            left.add(Workload.RESUMED.description());
        }
        if (measured.growth.isEmpty()) {
            left.add(Workload.GROWTH.description());
        }
        if (measured.sweeps.isEmpty()) {
            left.add("sizes and flags");
        }
        if (!left.isEmpty()) {
            page.text("## Left out of this run");
            left.forEach(what -> page.line("- %s", what));
        }
    }
}
