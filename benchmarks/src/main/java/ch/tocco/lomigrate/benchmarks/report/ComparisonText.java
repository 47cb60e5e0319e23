package ch.tocco.lomigrate.benchmarks.report;

import ch.tocco.lomigrate.benchmarks.results.Entry;
import ch.tocco.lomigrate.benchmarks.results.Limits;
import ch.tocco.lomigrate.benchmarks.results.Outcome;
import ch.tocco.lomigrate.benchmarks.results.Results;
import ch.tocco.lomigrate.benchmarks.results.Run;

/** The workloads that are compared with the predecessor's way and with what each step alone could do. */
final class ComparisonText {
    private ComparisonText() {}

    static void add(Page page, Results results) {
        if (results.compared().isEmpty()) {
            return;
        }
        comparison(page, results);
        limits(page, results);
    }

    private static void comparison(Page page, Results results) {
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
        results.compared().values().forEach(entry -> comparison(page, entry));
        page.end();
    }

    private static void comparison(Page page, Entry<Outcome> entry) {
        Outcome outcome = entry.figures();
        double same = Run.median(outcome.toolOfSame(), Run::rate);
        double baseline = Run.median(outcome.predecessor(), Run::rate);
        double baselineAfterStart = outcome.predecessorRateAfterStart();
        int few = outcome.predecessor().get(0).objects();
        page.line(
                "| %s | %,d | %s | %s | **%.1f ×** | %s (%,d) | %s (%,d) | **%.1f ×** |",
                Page.marked(outcome.description(), entry.circumstances()),
                few,
                Page.rate(same),
                Page.rate(baseline),
                same / baseline,
                Page.rate(outcome.rateAfterStart()),
                outcome.tool().get(0).objects(),
                Page.rate(baselineAfterStart),
                few,
                outcome.rateAfterStart() / baselineAfterStart);
    }

    private static void limits(Page page, Results results) {
        if (results.compared().values().stream()
                .allMatch(entry -> entry.figures().limits().isEmpty())) {
            return;
        }
        page.text("## Against the limit");
        page.text("""
                Objects per second of each step alone on all processors, in turn with the runs. Limit = 1 / (1/read + 1/hash + 1/put + 1/commit):
                *raw* with pages by COPY and raw sockets, *practical* with `lo_get` in batches (giants: in chunks by
                COPY) and the SDK's S3 client at its best, which is without a signature; *own* the same with the tool's
                requests, so that what is missing to it is what the pipeline costs beside its four steps. The tool's
                rate is that after start; in parentheses that of the whole process.""");
        page.table(
                "workload",
                "pages",
                "batches",
                "hash",
                "raw PUT",
                "SDK's PUT",
                "tool's PUT",
                "commit",
                "raw limit",
                "practical limit",
                "own limit",
                "tool / raw",
                "tool / practical",
                "tool / own");
        results.compared()
                .values()
                .forEach(entry -> entry.figures().limits().ifPresent(limits -> limit(page, entry, limits)));
        page.end();
    }

    private static void limit(Page page, Entry<Outcome> entry, Limits limits) {
        Outcome outcome = entry.figures();
        page.line(
                "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | **%.0f %%** (%.0f %%) | **%.0f %%** (%.0f %%) | %.0f %% |",
                Page.marked(outcome.description(), entry.circumstances()),
                Page.rate(limits.readPages()),
                Page.rate(limits.readBatches()),
                Page.rate(limits.hash()),
                Page.rate(limits.putRaw()),
                Page.rate(limits.putSdk()),
                Page.rate(limits.putTool()),
                Double.isInfinite(limits.commit()) ? "" : Page.rate(limits.commit()),
                Page.rate(limits.raw()),
                Page.rate(limits.practical()),
                Page.rate(limits.own()),
                100 * outcome.rateAfterStart() / limits.raw(),
                100 * outcome.rate() / limits.raw(),
                100 * outcome.rateAfterStart() / limits.practical(),
                100 * outcome.rate() / limits.practical(),
                100 * outcome.rateAfterStart() / limits.own());
    }
}
