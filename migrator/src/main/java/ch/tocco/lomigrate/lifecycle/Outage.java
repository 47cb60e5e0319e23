package ch.tocco.lomigrate.lifecycle;

import java.time.Duration;

/** What a {@link Breaker} knows of one outage, from the first fault to the first success. Guarded by the breaker. */
final class Outage {
    /** When it began, later by the time that the server was heard. */
    long since = System.nanoTime();

    String cause;
    int failures;
    long nextProbe;
    boolean probing;
    boolean announced;

    /** Whether the server began to answer after the last failure. */
    boolean heard;

    private long heardAt;

    Outage(String cause) {
        this.cause = cause;
    }

    void heardNow() {
        heard = true;
        heardAt = System.nanoTime();
        probing = false;
        announced = false;
    }

    void failedAgain(String newCause) {
        if (heard) {
            heard = false;
            since += System.nanoTime() - heardAt;
        }
        cause = newCause;
        failures++;
        probing = false;
        nextProbe = System.nanoTime() + Backoff.nanos(failures);
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - since);
    }
}
