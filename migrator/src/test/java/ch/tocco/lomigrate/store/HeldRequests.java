package ch.tocco.lomigrate.store;

import ch.tocco.lomigrate.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** Requests that wait until the test lets them go on, or fail: to be given to {@link MemoryObjectStore#before}. */
public final class HeldRequests implements Function<MemoryObjectStore.Request, CompletableFuture<Void>> {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Queue<CompletableFuture<Void>> waiting = new ConcurrentLinkedQueue<>();

    @Override
    public CompletableFuture<Void> apply(MemoryObjectStore.Request request) {
        var gate = new CompletableFuture<Void>();
        waiting.add(gate);
        return gate;
    }

    /** How many wait here; those that were handed out do not count. */
    public int count() {
        return waiting.size();
    }

    /** Waits until this many wait here. */
    public void await(int count) throws Exception {
        Await.until(LIMIT, count + " requests are held", () -> count() == count);
    }

    /** Hands out the one that came first, as soon as there is one. */
    public CompletableFuture<Void> next() throws Exception {
        Await.until(LIMIT, "a request is held", () -> !waiting.isEmpty());
        return waiting.remove();
    }

    /** Hands out exactly this many in the order in which they came. */
    public List<CompletableFuture<Void>> next(int count) throws Exception {
        await(count);
        var gates = new ArrayList<CompletableFuture<Void>>();
        for (int i = 0; i < count; i++) {
            gates.add(waiting.remove());
        }
        return gates;
    }

    /** Lets all that wait here go on. */
    public void releaseAll() {
        for (var gate = waiting.poll(); gate != null; gate = waiting.poll()) {
            gate.complete(null);
        }
    }
}
