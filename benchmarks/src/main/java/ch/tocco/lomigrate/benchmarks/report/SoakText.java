package ch.tocco.lomigrate.benchmarks.report;

import ch.tocco.lomigrate.benchmarks.results.Entry;
import ch.tocco.lomigrate.benchmarks.results.Results;
import ch.tocco.lomigrate.benchmarks.results.Soak;
import java.util.List;

/** The long run: does anything grow? */
final class SoakText {
    private SoakText() {}

    static void add(Page page, Results results) {
        if (results.soak().isEmpty()) {
            return;
        }
        page.text("## Soak");
        page.text("""
                One long run by `scripts/soak` with a heap of 256 MiB, against a database and an S3 server of the test
                kit, which is what its rate says most about. What the process took when so much of the time was over.""");
        results.soak().values().forEach(entry -> soak(page, entry));
        page.text("![Resident set of the soak](plots/soak.svg)");
    }

    private static void soak(Page page, Entry<Soak> entry) {
        Soak soak = entry.figures();
        page.line(
                "%s on %s: %s objects in %,.0f s.",
                soak.description(), entry.circumstances().date(), Page.rate(soak.rate()), soak.seconds());
        page.end();
        page.table("time", "resident set", "threads", "open files", "connections");
        List<Soak.Sample> samples = soak.samples();
        for (int tenth = 1; tenth <= 10; tenth++) {
            Soak.Sample sample = samples.get(Math.max(0, tenth * samples.size() / 10 - 1));
            page.line(
                    "| %,d s | %,d MiB | %d | %d | %d |",
                    sample.seconds(), sample.rssMib(), sample.threads(), sample.files(), sample.connections());
        }
        page.end();
    }
}
