package ch.tocco.lomigrate.benchmarks.report;

import ch.tocco.lomigrate.benchmarks.results.Entry;
import ch.tocco.lomigrate.benchmarks.results.Results;
import ch.tocco.lomigrate.benchmarks.results.Score;
import java.util.List;
import java.util.Locale;

/** Benchmarks of one step, each with its ratio to the baseline of its class. */
public final class MicroText {
    private MicroText() {}

    static void add(Page page, Results results) {
        if (results.micro().isEmpty()) {
            return;
        }
        page.text("## Micro benchmarks");
        page.text("""
                By JMH: time per operation; CPU time of the measuring process, servers not included; speed as a multiple
                of the baseline's with the same parameters.""");
        results.micro().forEach((name, entry) -> {
            page.text("### " + Page.marked(name, entry.circumstances()));
            table(page, entry);
        });
    }

    /** The table of one class, for a terminal. */
    public static String of(Entry<List<Score>> entry) {
        Page page = new Page();
        table(page, entry);
        return page.toString();
    }

    private static void table(Page page, Entry<List<Score>> entry) {
        List<Score> scores = entry.figures();
        page.line("| benchmark | parameters | time | ± (99.9 %) | CPU | speed |");
        page.line("|---|---|---:|---:|---:|---:|");
        for (Score score : scores) {
            page.line(
                    "| %s | %s | %s %s | %s | %s | %s |",
                    score.benchmark(),
                    score.parameters(),
                    number(score.time()),
                    score.unit(),
                    score.error().map(MicroText::number).orElse(""),
                    score.cpuMicros().map(cpu -> number(cpu) + " us").orElse(""),
                    score.baseline()
                            ? "baseline"
                            : score.speed(scores)
                                    .map(speed -> String.format(Locale.ROOT, "**%.2f ×**", speed))
                                    .orElse(""));
        }
        page.end();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }
}
