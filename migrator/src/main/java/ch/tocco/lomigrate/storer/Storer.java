package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.ring.Worker;
import ch.tocco.lomigrate.store.Content;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Puts objects that are in memory, many at once. This thread only starts PUTs; completions are dealt with by a {@link
 * PutForwarder}. A free {@link PutInFlight} is the permit to start one.
 */
public final class Storer implements Worker {
    private final Bucket bucket;
    private final Onward onward;
    private final RunControl control;
    private final int inFlight;
    private final BlockingQueue<PutInFlight> free;
    private final BlockingQueue<PutInFlight> completed;
    private final PutForwarder forwarder;

    /** Has room for all from the beginning: a place that does not get into it is lost. */
    private final Deque<PutInFlight> mine;

    /**
     * Makes the storer and starts its forwarder.
     *
     * @param inFlight most PUTs at once
     */
    public Storer(Bucket bucket, Onward onward, RunControl control, int inFlight) {
        this.bucket = bucket;
        this.onward = onward;
        this.control = control;
        this.inFlight = inFlight;
        this.free = new ArrayBlockingQueue<>(inFlight);
        this.mine = new ArrayDeque<>(inFlight);
        // One place per permit: a completion callback never finds it full and never blocks. And one for each wake-up.
        this.completed = new ArrayBlockingQueue<>(inFlight + PutForwarder.WAKE_UPS);
        PutInFlight[] places = Stream.generate(() -> new PutInFlight(bucket.breaker()))
                .limit(inFlight)
                .toArray(PutInFlight[]::new);
        free.addAll(List.of(places));
        this.forwarder = new PutForwarder(bucket, onward, control, places, completed, free, this::start);
        forwarder.start();
    }

    @Override
    public int ready(LoEvent[] into) throws InterruptedException {
        if (mine.isEmpty()) {
            mine.add(free.take());
        }
        free.drainTo(mine, Math.max(0, into.length - mine.size()));
        int count = 0;
        for (PutInFlight place : mine) {
            if (count == into.length) {
                break; // more are kept than are used while fewer PUTs may be in flight
            }
            into[count++] = place.event;
        }
        return count;
    }

    @Override
    public void work(LoEvent[] events, int count) throws InterruptedException {
        int begun = 0;
        try {
            while (begun < count && mayBegin(mine.element())) {
                PutInFlight place = mine.remove();
                begun++;
                place.attempts.reset();
                onward.putBegins();
                start(place);
            }
        } finally {
            // What was not begun is discarded, and its permits come back, also after an error.
            for (int i = begun; i < count; i++) {
                PutInFlight place = mine.remove();
                try {
                    onward.discarded(place.event);
                } finally {
                    free.add(place);
                }
            }
        }
    }

    /** Waits while the gate is closed or the store is away; false once the run has ended. */
    private boolean mayBegin(PutInFlight place) throws InterruptedException {
        keepBack();
        if (!control.gate().mayPut(place.event.payload().size())) {
            return false;
        }
        try {
            bucket.breaker().awaitTurn(control);
            return true;
        } catch (RunEndedException ended) {
            return false;
        }
    }

    /** Keeps so many places that with the others no more PUTs are in flight than may be. */
    private void keepBack() throws InterruptedException {
        while (inFlight - mine.size() >= control.gate().putsInFlight()) {
            mine.add(free.take());
        }
    }

    /** Starts a PUT; call it with the breaker's permission. Throws nothing. */
    private void start(PutInFlight place) {
        try {
            place.attempts.begin();
            place.error = null;
            place.startedAt = System.nanoTime();
            CompletableFuture<String> put = send(place.event);
            place.put = put;
            CompletableFuture<?> unused = put.whenComplete((stored, e) -> {
                place.error = e;
                place.endedAt = System.nanoTime();
                place.event.acknowledged(stored);
                forwarder.completed(place);
            });
        } catch (Throwable e) {
            // The permit must come back by way of the forwarder.
            place.error = e;
            place.complete(completed);
        }
    }

    private CompletableFuture<String> send(LoEvent event) {
        byte[] bytes = ((Payload.InMemory) event.payload()).bytes();
        return bucket.put(ObjectToStore.of(event), Content.of(bytes));
    }

    @Override
    public void finish() throws InterruptedException {
        // All that began is forwarded or failed when every permit is back.
        for (int back = mine.size(); back < inFlight; back++) {
            free.take();
        }
        forwarder.finish();
    }
}
