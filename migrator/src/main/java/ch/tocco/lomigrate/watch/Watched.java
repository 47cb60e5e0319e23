package ch.tocco.lomigrate.watch;

import ch.tocco.lomigrate.monitor.Gauges;
import java.util.Optional;

/** A run as those see it who watch it: what it is, how far it is, and its numbers once it has any. Thread-safe. */
public final class Watched {
    private final RunFacts facts;
    private volatile Phase phase = Phase.CHECKING;
    private volatile Gauges gauges;

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
        gauges = newGauges;
        phase = Phase.MIGRATING;
    }

    /** What is to be done is another thing from now on. */
    public void is(Phase newPhase) {
        phase = newPhase;
    }

    public RunFacts facts() {
        return facts;
    }

    public Phase phase() {
        return phase;
    }

    /** The sources of its numbers; empty until objects are copied. */
    public Optional<Gauges> gauges() {
        return Optional.ofNullable(gauges);
    }
}
