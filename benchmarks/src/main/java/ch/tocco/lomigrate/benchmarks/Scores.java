package ch.tocco.lomigrate.benchmarks;

import ch.tocco.lomigrate.benchmarks.results.Score;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** What is kept of JMH's results. All scores are times. */
final class Scores {
    private Scores() {}

    /** By the name of the class, without package and "Benchmark". */
    static Map<String, List<RunResult>> byClass(Collection<RunResult> results) {
        return results.stream()
                .collect(Collectors.groupingBy(
                        result -> name(result).get(0).replace("Benchmark", ""), TreeMap::new, Collectors.toList()));
    }

    static Score of(RunResult result) {
        Result<?> score = result.getPrimaryResult();
        return new Score(
                name(result).get(1),
                parameters(result),
                score.getScore(),
                number(score.getScoreError()),
                score.getScoreUnit().replace("/op", ""),
                Optional.ofNullable(result.getSecondaryResults().get(ClientCpu.LABEL))
                        .flatMap(cpu -> number(cpu.getScore())),
                isBaseline(result));
    }

    private static Optional<Double> number(double value) {
        return Double.isFinite(value) ? Optional.of(value) : Optional.empty();
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
        return List.of(words[words.length - 2], words[words.length - 1]);
    }

    private static String parameters(RunResult result) {
        BenchmarkParams params = result.getParams();
        return new ArrayList<>(params.getParamsKeys())
                .stream()
                        .map(key -> key + "=" + Objects.requireNonNullElse(params.getParam(key), ""))
                        .collect(Collectors.joining(" "));
    }
}
