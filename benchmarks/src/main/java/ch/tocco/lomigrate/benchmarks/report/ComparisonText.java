package ch.tocco.lomigrate.benchmarks.report;

import ch.tocco.lomigrate.benchmarks.results.Circumstances;
import ch.tocco.lomigrate.benchmarks.results.Entry;
import ch.tocco.lomigrate.benchmarks.results.Limits;
import ch.tocco.lomigrate.benchmarks.results.Outcome;
import ch.tocco.lomigrate.benchmarks.results.Results;
import ch.tocco.lomigrate.benchmarks.results.Run;
import java.time.LocalDate;

/** The workloads that are compared with the predecessor's way and with what each step alone could do. */
final class ComparisonText {
    /** Beside figures of the stand-in as it was before {@link #STAND_IN_SINCE}. */
    private static final String FORMER = "‡";

    private static final LocalDate STAND_IN_SINCE = LocalDate.of(2026, 11, 26);

    private ComparisonText() {}

    static void add(Page page, Results results) {
        predecessor(page);
        if (results.compared().isEmpty()) {
            return;
        }
        comparison(page, results);
        limits(page, results);
    }

    private static void predecessor(Page page) {
        page.text("## Against the predecessor");
        page.text("""
                The real one, `lo_migrate_cli`, built from its newest public commit, raced with the tool on one machine
                in turns: whole processes over the same objects, start included. Measured on 2026-11-25
                outside `scripts/bench`; its figures are not in `results.json`.""");
        page.table("workload", "tool", "predecessor", "ratio", "CPU per object", "memory");
        page.line("| 100,000 objects of 1-8 KiB, loopback | 4,071/s | 1,559/s | **2.6 ×** | 310 against 580 µs |"
                + " 230 against 13 MiB |");
        page.line("| 200,000 objects, loopback |  |  | **3.5 ×** |  |  |");
        page.line(
                "| 20,000 objects, 1 ms each way to the database, 5 ms store latency | 2,371/s | 133/s | **17.8 ×** |  |"
                        + "  |");
        page.end();
    }

    private static void comparison(Page page, Results results) {
        page.text("## Against the predecessor's way");
        page.text("""
                A stand-in in Java, for workloads beside these: per object BEGIN, lo_open, reads of 8 KiB, lo_close,
                COMMIT; one blocking PUT per storer thread, by the tool's own requests; one UPDATE per row, 100 per
                transaction; 2/5/2 threads; objects above 1 MiB through a file, in one PUT. The JVM's options are the
                tool's.

                Both migrate a table of the same rows, the first ones of the workload. *Whole process*: the time of the process, its start included.
                *After start*: from the first object in the store to the end of the process; giants: whole process.""");
        if (results.compared().values().stream().anyMatch(entry -> isOfFormerStandIn(entry.circumstances()))) {
            page.text(FORMER + " " + """
                    **measured with a former stand-in, before %s: it PUT by the SDK's blocking client, and had so few
                    small objects that it ran cold. Its ratios flatter the tool. Not to be quoted;
                    `scripts/bench --full --end-to-end --workload NAME` measures a workload again.**""".formatted(STAND_IN_SINCE));
        }
        page.table(
                "workload",
                "objects",
                "whole process: tool",
                "predecessor's way",
                "ratio",
                "after start: tool",
                "predecessor's way",
                "ratio");
        results.compared().values().forEach(entry -> comparison(page, entry));
        page.end();
    }

    private static boolean isOfFormerStandIn(Circumstances how) {
        return LocalDate.parse(how.date()).isBefore(STAND_IN_SINCE);
    }

    /** The workload as a row is headed that has figures of the predecessor's way. */
    static String marked(String description, Circumstances how) {
        return Page.marked(description, how) + (isOfFormerStandIn(how) ? " " + FORMER : "");
    }

    private static void comparison(Page page, Entry<Outcome> entry) {
        Outcome outcome = entry.figures();
        double same = Run.median(outcome.toolOfSame(), Run::rate);
        double baseline = Run.median(outcome.predecessor(), Run::rate);
        double sameAfterStart = outcome.sameRateAfterStart();
        double baselineAfterStart = outcome.predecessorRateAfterStart();
        page.line(
                "| %s | %,d | %s | %s | **%.1f ×** | %s | %s | %.1f × |",
                marked(outcome.description(), entry.circumstances()),
                outcome.predecessor().get(0).objects(),
                Page.rate(same),
                Page.rate(baseline),
                same / baseline,
                Page.rate(sameAfterStart),
                Page.rate(baselineAfterStart),
                sameAfterStart / baselineAfterStart);
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
