package ch.tocco.lomigrate.monitor;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.StageCounter;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.Gate;
import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.ring.LoRing;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The sources of a {@link Snapshot}.
 *
 * @param counters how much the stages have done
 * @param rings by their label
 * @param budgets by their label
 * @param breakers of the servers that may be away
 * @param gate that may be closed
 */
public record Gauges(
        Counters counters,
        List<Labelled<LoRing>> rings,
        List<Labelled<ByteBudget>> budgets,
        List<Breaker> breakers,
        Gate gate) {
    /** A gauge with the name that the display gives it. */
    public record Labelled<T>(String label, T gauge) {}

    Snapshot read(long startNanos) {
        return new Snapshot(
                LocalDateTime.now(ZoneId.systemDefault()),
                Duration.ofNanos(System.nanoTime() - startNanos),
                counters.progress(),
                List.of(
                        stage("observer thread", counters.observed()),
                        stage("receiver threads", counters.received()),
                        stage("storer threads", counters.stored()),
                        stage("committer threads", counters.committed())),
                rings.stream()
                        .map(ring -> new Snapshot.Ring(
                                ring.label(), ring.gauge().used(), ring.gauge().size()))
                        .toList(),
                budgets.stream()
                        .map(budget -> new Snapshot.Budget(
                                budget.label(),
                                budget.gauge().used(),
                                budget.gauge().capacity()))
                        .toList(),
                counters.failed(),
                counters.vanishedCount(),
                counters.discardedCount(),
                Stream.concat(Stream.of(gate.waiting()), breakers.stream().map(Breaker::waiting))
                        .flatMap(Optional::stream)
                        .toList(),
                held());
    }

    private Snapshot.Held held() {
        if (breakers.stream().anyMatch(breaker -> breaker.waiting().isPresent())) {
            return Snapshot.Held.OUTAGE;
        }
        if (gate.waiting().isPresent()) {
            return Snapshot.Held.PAUSE;
        }
        return gate.holdsBack() ? Snapshot.Held.RATE : Snapshot.Held.NOT;
    }

    private static Snapshot.Stage stage(String label, StageCounter counter) {
        return new Snapshot.Stage(label, counter.objects(), counter.bytes());
    }
}
