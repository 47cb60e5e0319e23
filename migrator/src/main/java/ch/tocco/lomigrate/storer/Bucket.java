package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.guard.OverwriteGuard;
import ch.tocco.lomigrate.lifecycle.Breaker;
import ch.tocco.lomigrate.lifecycle.Gate;
import ch.tocco.lomigrate.lifecycle.StopGrace;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.StoreCalls;
import ch.tocco.lomigrate.store.StoreProbe;
import ch.tocco.lomigrate.store.StoredObject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Where all storers of a run put objects, and for how long they try. Thread-safe.
 *
 * @param guard keeps objects in it from being replaced by other content
 * @param breaker where all wait while the store is away
 * @param gate counts what probes send too
 * @param longest time that one request without content may take; the client notices a silent store sooner, this is for
 *     when it does not
 * @param grace when the run has ended: how long requests under way may still go on
 */
public record Bucket(OverwriteGuard guard, Breaker breaker, Gate gate, Duration longest, StopGrace grace) {
    ObjectStore store() {
        return guard.store();
    }

    /** Stores an object that fits into one request. */
    CompletableFuture<String> put(StoredObject object, Content content) {
        return guard.put(object, content);
    }

    /** Tells whether it is the store that does not take an object. */
    StoreProbe probe() {
        return new StoreProbe(store(), gate::again);
    }

    /** Requests for threads that wait for the answer. */
    StoreCalls calls() {
        return new StoreCalls(probe(), breaker, grace, longest);
    }
}
