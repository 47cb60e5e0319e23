package ch.tocco.lomigrate.benchmarks.report;

import ch.tocco.lomigrate.benchmarks.results.Entry;
import ch.tocco.lomigrate.benchmarks.results.Results;
import ch.tocco.lomigrate.benchmarks.results.Sweep;
import java.util.Collections;
import java.util.List;

/** How fast the tool is with objects of different sizes and with other values of its flags. */
final class SweepsText {
    private SweepsText() {}

    static void add(Page page, Results results) {
        if (results.sweeps().isEmpty()) {
            return;
        }
        page.text("## Tuning sweeps");
        page.text("""
                The tool after its start, all other flags at their defaults; for the flags objects of 8 KiB. Over
                loopback; *distant* with 1 ms each way to the database and 5 ms store latency. In parentheses the slowest and the fastest round: differences within are chance.""");
        results.sweeps().forEach((name, entry) -> table(page, name, entry));
        page.text("![Throughput by object size](plots/sizes.svg)");
        page.text("![Throughput by threads](plots/threads.svg)");
        page.text("![Throughput by size of the rings](plots/rings.svg)");
    }

    private static void table(Page page, String name, Entry<Sweep> entry) {
        boolean flag = name.startsWith("--");
        page.table(Page.marked(flag ? "`" + name + "`" : name, entry.circumstances()), "objects", "MiB");
        for (Sweep.Point point : entry.figures().points()) {
            List<Double> rates = point.rates();
            page.line(
                    "| %,d%s | %s (%s to %s) | %,.1f/s |",
                    point.value(),
                    flag ? "" : " KiB",
                    Page.rate(point.rate()),
                    Page.rate(Collections.min(rates)),
                    Page.rate(Collections.max(rates)),
                    point.mib());
        }
        page.end();
    }
}
