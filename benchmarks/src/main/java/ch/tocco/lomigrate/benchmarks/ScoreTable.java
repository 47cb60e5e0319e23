package ch.tocco.lomigrate.benchmarks;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** Scores as a Markdown table, each with its ratio to the baseline of its class with the same parameters. */
final class ScoreTable {
    private static final String FORMAT = "| %-24s | %-26s | %-30s | %12s | %10s | %12s | %10s |%n";

    private ScoreTable() {}

    /** All scores are times: how many times as fast as the baseline is the baseline's score by the own one. */
    static String of(Collection<RunResult> results) {
        StringBuilder table = new StringBuilder();
        table.append(FORMAT.formatted("class", "benchmark", "parameters", "time", "± (99.9 %)", "CPU", "speed"));
        table.append("|---|---|---|---:|---:|---:|---:|%n".formatted());
        for (RunResult result : results) {
            table.append(line(result, baseline(result, results)));
        }
        return table.toString();
    }

    private static String line(RunResult result, Optional<RunResult> baseline) {
        Result<?> score = result.getPrimaryResult();
        Result<?> cpu = result.getSecondaryResults().get(ClientCpu.LABEL);
        String unit = score.getScoreUnit().replace("/op", "");
        List<String> name = name(result);
        return FORMAT.formatted(
                name.get(0),
                name.get(1),
                parameters(result),
                number(score.getScore()) + " " + unit,
                number(score.getScoreError()),
                cpu == null ? "" : number(cpu.getScore()) + " us",
                baseline.map(b -> "%.2f ×".formatted(b.getPrimaryResult().getScore() / score.getScore()))
                        .orElse(""));
    }

    private static Optional<RunResult> baseline(RunResult of, Collection<RunResult> all) {
        return all.stream()
                .filter(other -> name(other).get(0).equals(name(of).get(0)))
                .filter(other -> parameters(other).equals(parameters(of)))
                .filter(ScoreTable::isBaseline)
                .findFirst();
    }

    private static boolean isBaseline(RunResult result) {
        String full = result.getParams().getBenchmark();
        int dot = full.lastIndexOf('.');
        try {
            Method[] methods = Class.forName(full.substring(0, dot)).getMethods();
            return Arrays.stream(methods)
                    .filter(method -> method.getName().equals(full.substring(dot + 1)))
                    .anyMatch(method -> method.isAnnotationPresent(Baseline.class));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Class and method. */
    private static List<String> name(RunResult result) {
        String[] words = result.getParams().getBenchmark().split("\\.", -1);
        return List.of(words[words.length - 2].replace("Benchmark", ""), words[words.length - 1]);
    }

    private static String parameters(RunResult result) {
        BenchmarkParams params = result.getParams();
        return new ArrayList<>(params.getParamsKeys())
                .stream()
                        .map(key -> key + "=" + Objects.requireNonNullElse(params.getParam(key), ""))
                        .collect(Collectors.joining(" "));
    }

    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }
}
