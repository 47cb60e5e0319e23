package ch.tocco.lomigrate.watch;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.monitor.Gauges;
import ch.tocco.lomigrate.monitor.Gauges.Labelled;
import ch.tocco.lomigrate.ring.LoRing;
import ch.tocco.lomigrate.testkit.EndWhen;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The numbers of a run, for tests of those who show them; a test sets them as it likes. */
public final class RunInFlight {
    public static final String RUN_ID = "20261126T220000Z-1f2e3d4c";

    public final Counters counters = new Counters();
    public final RunControl control = new RunControl();
    public final Breaker postgres = new Breaker("PostgreSQL", Duration.ofHours(1), control);
    public final Breaker store = new Breaker("the store", Duration.ofHours(1), control);
    public final ByteBudget memory = new ByteBudget(4 << 20, () -> false);
    public final Watched watched = new Watched(new RunFacts(
            RUN_ID,
            "lo-migrate 9.8.7",
            "2 of 3",
            Instant.parse("2026-11-26T22:00:00Z"),
            "lo-migrate migrate --bucket objects",
            "  Target store\n    bucket                objects\n"));

    private final LoRing ring = new LoRing("storer", 8, new EndWhen(() -> true));

    /** Objects are copied from now on. */
    public RunInFlight migrates() {
        watched.migrates(new Gauges(
                counters,
                List.of(new Labelled<>("store queue", ring)),
                List.of(new Labelled<>("objects in memory", memory)),
                List.of(postgres, store),
                control.gate()));
        return this;
    }

    /** An object was listed and failed for good. */
    public void fail(FailureReason reason) {
        LoEvent event = new LoEvent();
        event.listed(Rows.of(String.format("%040x", counters.observed().objects()), 1, "text/plain", 7));
        counters.observed().done(1);
        new Books(counters).failed(event, reason, "the server's words");
    }

    /** Makes a server seem to be away. */
    public static void away(Breaker breaker, String cause) throws InterruptedException {
        breaker.failed(cause);
        while (!breaker.tryTurn()) {
            Thread.sleep(5);
        }
        breaker.failed(cause);
    }
}
