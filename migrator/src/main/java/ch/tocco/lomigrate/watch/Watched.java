package ch.tocco.lomigrate.watch;

import ch.tocco.lomigrate.monitor.Gauges;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A run as those see it who watch it: what it is, how far it is, its numbers once it has any, and what they were. Thread-safe.
 */
public final class Watched {
    private final RunFacts facts;
    private final History history = new History();
    private final Map<String, String> servers = new ConcurrentSkipListMap<>();
    private final long begun = System.nanoTime();
    private volatile Phase phase = Phase.CHECKING;
    private volatile Gauges gauges;
    private volatile String outcome;

    /** When objects were first copied, and when that was over; in the terms of {@link System#nanoTime}. */
    private volatile long copying;

    private volatile long copied;
    private volatile long ended;

    /** Where a run is between its start and its exit code. */
    public enum Phase {
        /** Database and bucket are looked at; nothing is copied yet. */
        CHECKING,
        /** Objects are copied. */
        MIGRATING,
        /** All that was listed is settled; what is still pending is counted, and the table finalized if that is wanted. */
        FINISHING,
        /** The exit code is known. */
        ENDED
    }

    /** A run that begins with its checks. */
    public Watched(RunFacts facts) {
        this.facts = facts;
    }

    /** Objects are copied from now on. */
    public void migrates(Gauges newGauges) {
        history.names(Moment.names(newGauges));
        copying = System.nanoTime();
        gauges = newGauges;
        phase = Phase.MIGRATING;
        sample();
    }

    /** One of the run's servers has said which it is. */
    public void met(String server, String version) {
        servers.put(server, version);
    }

    /** What the run's servers say that they are, by what they are to the run; for the report only. */
    public Map<String, String> servers() {
        return Map.copyOf(servers);
    }

    /** All that was listed is settled. */
    public void finishes() {
        copied = System.nanoTime();
        phase = Phase.FINISHING;
        sample();
    }

    /** The run is over; {@code how} is in few words of this tool. */
    public void ends(String how) {
        ended = System.nanoTime();
        outcome = how;
        phase = Phase.ENDED;
    }

    /** Keeps the numbers of this moment, if there are any; to be called at equal intervals while objects are copied. */
    public void sample() {
        Gauges now = gauges;
        if (now != null) {
            history.add(Moment.of(now, elapsed()));
        }
    }

    public RunFacts facts() {
        return facts;
    }

    public Phase phase() {
        return phase;
    }

    /** How it ended; empty before that. */
    public Optional<String> outcome() {
        return Optional.ofNullable(outcome);
    }

    /** The sources of its numbers; empty until objects are copied. */
    public Optional<Gauges> gauges() {
        return Optional.ofNullable(gauges);
    }

    History history() {
        return history;
    }

    /** Since it began, until it ended. */
    Duration elapsed() {
        return Duration.ofNanos((phase == Phase.ENDED ? ended : System.nanoTime()) - begun);
    }

    /** For how long objects have been copied; zero before that. */
    Duration migrating() {
        return switch (phase) {
            case CHECKING -> Duration.ZERO;
            case MIGRATING -> Duration.ofNanos(System.nanoTime() - copying);
            case FINISHING -> Duration.ofNanos(copied - copying);
            case ENDED -> copied == 0 ? Duration.ZERO : Duration.ofNanos(copied - copying);
        };
    }
}
