package ch.tocco.lomigrate.benchmarks.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/** What was measured as a Markdown page. */
final class ResultsText {
    private final StringBuilder text = new StringBuilder();

    private ResultsText() {}

    static String of(List<Outcome> outcomes, String postgres, int rounds, boolean quick) throws IOException {
        ResultsText page = new ResultsText();
        page.head(postgres, rounds, quick);
        page.comparison(outcomes);
        page.cost(outcomes);
        page.limits(outcomes);
        page.missing(outcomes);
        return page.text.toString();
    }

    private void head(String postgres, int rounds, boolean quick) throws IOException {
        line("# Whole migrations, measured");
        line("");
        line(
                "Written by `scripts/bench --end-to-end`; do not edit. Medians of %d rounds, tool and baseline in turn.",
                rounds);
        if (quick) {
            line("");
            line("**A quick run with few objects: the start of the JVM weighs heavily. Not to be quoted.**");
        }
        line("");
        line("- date: %s", LocalDate.now(ZoneOffset.UTC));
        line(
                "- machine: %d processors (%s), %d MiB of memory, %s %s",
                Runtime.getRuntime().availableProcessors(),
                fromProc("cpuinfo", "model name"),
                Long.parseLong(fromProc("meminfo", "MemTotal").replaceAll("\\D", "")) / 1024,
                System.getProperty("os.name"),
                System.getProperty("os.version").replaceFirst("^(\\d+\\.\\d+).*", "$1"));
        line(
                "- versions: Java %s, PostgreSQL %s (embedded, fsync on, in the page cache)",
                System.getProperty("java.version"), postgres);
        line(
                "- client, database and store (a sink that keeps nothing) are processes of one machine and share its processors");
        line("");
    }

    private static String fromProc(String file, String key) throws IOException {
        return Files.readAllLines(Path.of("/proc", file)).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private void comparison(List<Outcome> outcomes) {
        line("## Against the predecessor's way");
        line("");
        line(
                "Predecessor's way: per object BEGIN, lo_open, reads of 8 KiB, lo_close, COMMIT; one blocking PUT per storer");
        line(
                "thread, signed by the SDK; one UPDATE per row, 100 per transaction; 2/5/2 threads. Objects per second of the");
        line(
                "whole process, and from the first object in the store on; where the predecessor's way migrated fewer objects,");
        line("its start weighs more, and only the latter are to be compared.");
        line("");
        line(
                "| workload | tool | predecessor's way | ratio | tool, after start | predecessor's way, after start | ratio |");
        line("|---|---:|---:|---:|---:|---:|---:|");
        for (Outcome outcome : outcomes) {
            line(
                    "| %s | %,.0f/s | %,.0f/s%s | %.1f × | %,.0f/s | %,.0f/s | **%.1f ×** |",
                    outcome.workload().description(),
                    outcome.rate(),
                    outcome.predecessorRate(),
                    part(outcome),
                    outcome.rate() / outcome.predecessorRate(),
                    outcome.rateAfterStart(),
                    outcome.predecessorRateAfterStart(),
                    outcome.rateAfterStart() / outcome.predecessorRateAfterStart());
        }
        line("");
    }

    private static String part(Outcome outcome) {
        int objects = outcome.predecessor().get(0).objects();
        return objects < outcome.workload().objects() ? " (first %,d)".formatted(objects) : "";
    }

    private void cost(List<Outcome> outcomes) {
        line("## Cost of the client");
        line("");
        line("CPU time per object includes the start of the process.");
        line("");
        line(
                "| workload | tool | predecessor's way | peak RSS, tool | peak RSS, predecessor's way | first PUT, tool |");
        line("|---|---:|---:|---:|---:|---:|");
        for (Outcome outcome : outcomes) {
            line(
                    "| %s | %,.0f µs | %,.0f µs | %,.0f MiB | %,.0f MiB | %.1f s |",
                    outcome.workload().description(),
                    Run.median(outcome.tool(), Run::cpuMicros),
                    Run.median(outcome.predecessor(), Run::cpuMicros),
                    Run.median(outcome.tool(), Run::peakMib),
                    Run.median(outcome.predecessor(), Run::peakMib),
                    Run.median(outcome.tool(), Run::firstPut));
        }
        line("");
    }

    private void limits(List<Outcome> outcomes) {
        line("## Against the limit");
        line("");
        line(
                "Objects per second of each step alone on both cores. Limit = 1 / (1/read + 1/hash + 1/put + 1/commit): *raw*");
        line("with pages by COPY and raw sockets, *practical* with `lo_get` in batches and the tool's S3 client.");
        line("");
        line("| workload | pages | batches | hash | raw PUT | SDK's PUT | commit | raw limit | practical limit "
                + "| tool / raw | tool / practical | after start / raw | after start / practical |");
        line("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        for (Outcome outcome : outcomes) {
            outcome.limits().ifPresent(limits -> limit(outcome, limits));
        }
        line("");
    }

    private void limit(Outcome outcome, Limits limits) {
        line(
                "| %s | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f | %.0f %% | %.0f %% | %.0f %% | %.0f %% |",
                outcome.workload().description(),
                limits.readPages(),
                limits.readBatches(),
                limits.hash(),
                limits.putRaw(),
                limits.putSdk(),
                limits.commit(),
                limits.raw(),
                limits.practical(),
                100 * outcome.rate() / limits.raw(),
                100 * outcome.rate() / limits.practical(),
                100 * outcome.rateAfterStart() / limits.raw(),
                100 * outcome.rateAfterStart() / limits.practical());
    }

    private void missing(List<Outcome> outcomes) {
        List<String> measured = outcomes.stream().map(o -> o.workload().name()).toList();
        line("## Not measured");
        line("");
        for (Workload workload : Workload.ALL) {
            if (!measured.contains(workload.name())) {
                line("- %s (left out of this run)", workload.description());
            }
        }
        Workload.NOT_MEASURED_YET.forEach(what -> line("- %s", what));
    }

    private void line(String format, Object... values) {
        text.append(values.length == 0 ? format : String.format(Locale.ROOT, format, values))
                .append('\n');
    }
}
