package ch.tocco.lomigrate.watch;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.Progress;
import ch.tocco.lomigrate.lifecycle.Gate;
import ch.tocco.lomigrate.monitor.Gauges;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What of a run is plotted over time: the names of the numbers, and the numbers at this moment in the same order. */
final class Moment {
    private static final long PERMILLE = 1000;

    private Moment() {}

    static List<String> names(Gauges gauges) {
        List<String> names = new ArrayList<>(List.of(
                "ms",
                "listed",
                "received",
                "stored",
                "committed",
                "received_bytes",
                "stored_bytes",
                "left",
                "failed",
                "in_flight",
                "paused",
                "away"));
        gauges.rings().forEach(ring -> names.add("ring:" + ring.label()));
        gauges.budgets().forEach(budget -> names.add("budget:" + budget.label()));
        return names;
    }

    /** @param elapsed since the run began */
    static long[] of(Gauges gauges, Duration elapsed) {
        Counters counters = gauges.counters();
        Progress progress = counters.progress();
        boolean paused = gauges.gate().closures().values().stream().anyMatch(Gate.Closure::now);
        boolean away =
                gauges.breakers().stream().anyMatch(breaker -> breaker.away().isPresent());
        LongStream numbers = LongStream.of(
                elapsed.toMillis(),
                counters.observed().objects(),
                counters.received().objects(),
                counters.stored().objects(),
                counters.committed().objects(),
                counters.received().bytes(),
                counters.stored().bytes(),
                progress.totals() == null ? progress.underWay() : progress.left(),
                counters.failedCount(),
                counters.timings().putsUnderWay(),
                paused ? 1 : 0,
                away ? 1 : 0);
        Stream<Long> rings = gauges.rings().stream()
                .map(ring -> full(ring.gauge().used(), ring.gauge().size()));
        Stream<Long> budgets = gauges.budgets().stream()
                .map(budget -> full(budget.gauge().used(), budget.gauge().capacity()));
        return LongStream.concat(numbers, Stream.concat(rings, budgets).mapToLong(Long::longValue))
                .toArray();
    }

    private static long full(long used, long size) {
        return Math.round((double) used / size * PERMILLE);
    }
}
