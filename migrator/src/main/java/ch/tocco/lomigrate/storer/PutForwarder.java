package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.lifecycle.Attempts.Next;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lifecycle.Suspicion;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoreException.WorthTrying;
import ch.tocco.lomigrate.store.StoreProbe;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Deals with completed PUTs: forwards what is stored to the committers, tries again what failed in passing, settles the
 * rest, and gives each permit back only after that. Also cancels what outlasts the stop grace.
 *
 * <p>The client's threads, which must not wait, forward what is stored themselves where the committers have room: so an
 * object that nothing happens to wakes no thread of this class. All else is done by the forwarder's own thread.
 */
final class PutForwarder implements Runnable {
    private static final Logger LOG = LogManager.getLogger(PutForwarder.class);
    /** How often it is looked for PUTs that take too long. */
    private static final long LOOK_NANOS = 1_000_000_000;

    /** At the end of the run, at that of the grace, when all is done, and when a PUT may be tried again. */
    static final int WAKE_UPS = 4;

    /** Stands in the queue for a PUT that is complete: there is something else to be done. */
    private final PutInFlight wakeUp;

    /** The same: the breaker refused a turn, and may say otherwise now. */
    private final PutInFlight turn;

    private final Bucket bucket;
    private final Onward onward;
    private final RunControl control;
    private final PutInFlight[] places;
    private final BlockingQueue<PutInFlight> completed;
    private final Queue<PutInFlight> free;
    private final Consumer<PutInFlight> start;
    private final StoreProbe probe;

    /** Has room for all from the beginning: a place that does not get into it is lost. */
    private final Deque<PutInFlight> retries;

    private final List<RunEnd.Registration> wakings;
    private final Thread thread = new Thread(this, "storer-forwarder");
    private long nextLook = System.nanoTime();
    private volatile boolean finished;

    /** Whether the breaker has refused a turn since it was asked last. */
    private volatile boolean awaitsTurn;

    /** Whether {@link #turn} is in the queue, where it has only one place. */
    private volatile boolean turnTold;

    PutForwarder(
            Bucket bucket,
            Onward onward,
            RunControl control,
            PutInFlight[] places,
            BlockingQueue<PutInFlight> completed,
            Queue<PutInFlight> free,
            Consumer<PutInFlight> start) {
        this.bucket = bucket;
        this.onward = onward;
        this.control = control;
        this.places = places;
        this.completed = completed;
        this.free = free;
        this.start = start;
        this.retries = new ArrayDeque<>(places.length);
        this.probe = bucket.probe();
        this.wakeUp = new PutInFlight(bucket.breaker());
        this.turn = new PutInFlight(bucket.breaker());
        this.wakings = List.of(
                control.onEnd(this::wake),
                bucket.grace().onEnd(this::wake),
                bucket.breaker().onChange(this::tellOfTurn));
    }

    /** A PUT is complete, its outcome is written. For the client's threads: waits for nothing and throws nothing. */
    void completed(PutInFlight place) {
        try {
            if (place.error == null && place.attempts.tryAnswered()) {
                stored(place);
                if (onward.tryCommit(place.event)) {
                    free(place);
                    return;
                }
            }
        } catch (Throwable e) {
            place.bug = e;
        }
        place.complete(completed);
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends the thread; call it once nothing is in flight. */
    void finish() throws InterruptedException {
        finished = true;
        wake();
        thread.join();
        wakings.forEach(RunEnd.Registration::close);
    }

    /** Where the queue does not take it the forwarder wakes a second later by itself. */
    private void wake() {
        completed.offer(wakeUp);
    }

    /** The breaker's other users run this one after the other. */
    private void tellOfTurn() {
        if (awaitsTurn && !turnTold) {
            turnTold = true;
            completed.offer(turn);
        }
    }

    /** How long there is nothing to do unless a PUT completes or a wake-up comes. */
    private long untilNextRetry() {
        long now = System.nanoTime();
        long next = LOOK_NANOS;
        for (PutInFlight place : retries) {
            next = Math.min(next, place.retryAt - now);
        }
        // one that is due, and refused: the breaker tells when that may have changed
        return next > 0 ? next : Math.min(LOOK_NANOS, bucket.breaker().nanosToTurn());
    }

    @Override
    public void run() {
        while (!finished) {
            try {
                PutInFlight place = completed.poll(untilNextRetry(), TimeUnit.NANOSECONDS);
                if (place == turn) {
                    turnTold = false; // before the breaker is asked: what changes from now on is told anew
                } else if (place != null && place != wakeUp) {
                    settleGuarded(place);
                }
                retryWhatIsDue();
                lookAtAll();
            } catch (Throwable e) {
                // Without this thread no permit would ever come back.
                bug(e);
            }
        }
    }

    /** A permit must come back whatever happens, or the stage would never end. */
    private void settleGuarded(PutInFlight place) {
        try {
            settle(place);
        } catch (Throwable e) {
            bug(e);
            giveBack(place);
        }
    }

    /** After an error, which leaves nothing of the place to be gone on with. */
    private void giveBack(PutInFlight place) {
        try {
            place.suspicion = null;
            if (!place.event.isEmpty()) {
                onward.discarded(place.event);
            }
        } catch (Throwable e) {
            bug(e);
        } finally {
            free(place);
        }
    }

    private void bug(Throwable e) {
        control.bug("storer", e);
    }

    private void settle(PutInFlight place) {
        place.put = null;
        if (place.bug != null) {
            Throwable e = place.bug;
            place.bug = null;
            bug(e);
            giveBack(place);
        } else if (place.suspicion != null) {
            probed(place);
        } else if (place.error == null) {
            if (!place.event.isStored()) {
                place.attempts.answered();
                stored(place);
            }
            onward.commit(place.event);
            free(place);
        } else {
            failed(place, StoreException.of("PUT", place.error));
        }
    }

    private void stored(PutInFlight place) {
        place.put = null;
        onward.stored(place.event, place.endedAt - place.startedAt);
    }

    /** The permit to start another PUT. */
    private void free(PutInFlight place) {
        onward.putEnded();
        free.add(place);
    }

    private void failed(PutInFlight place, StoreException e) {
        if (e.kind() == FaultKind.PASSING) {
            LOG.debug("{}: {}", place.event.row().content().label(), e.getMessage());
            Next next = place.attempts.failed(e.getMessage(), e.suspicion());
            if (next == Next.PROBE && !control.ended()) {
                askProbe(place, e);
            } else {
                giveUpOrTryAgain(place, e, next == Next.PROBE ? place.attempts.probed(false) : next);
            }
            return;
        }
        place.attempts.answered();
        if (e.kind() == FaultKind.OBJECT) {
            fail(place, e);
        } else if (e.worthTrying() == WorthTrying.PROBE_AT_ONCE && !control.ended()) {
            askProbe(place, e);
        } else {
            abort(place, e);
        }
    }

    private void abort(PutInFlight place, StoreException e) {
        String object = place.event.row().content().label() + ", hash "
                + place.event.row().key().text();
        control.abort(new RunAborted(RunAborted.Kind.FAULT, "store: " + e.getMessage() + " at " + object, e));
        discard(place);
    }

    /** The probe takes the place of the PUT, and its turn at the breaker. */
    private void askProbe(PutInFlight place, StoreException e) {
        place.suspicion = e;
        place.startedAt = System.nanoTime();
        CompletableFuture<String> asked = probe.putAndDelete();
        place.put = asked;
        CompletableFuture<?> unused = asked.whenComplete((stored, failure) -> {
            place.probeError = failure;
            place.complete(completed);
        });
    }

    private void probed(PutInFlight place) {
        StoreException e = place.suspicion;
        place.suspicion = null;
        boolean stored = place.probeError == null;
        if (e.kind() == FaultKind.PASSING) {
            giveUpOrTryAgain(place, e, place.attempts.probed(stored));
        } else if (stored) {
            fail(place, e.ofThisObject());
        } else {
            StoreException ofProbe = StoreException.of("PUT", place.probeError);
            if (ofProbe.kind() == FaultKind.PASSING) {
                // that says nothing of what was refused before
                giveUpOrTryAgain(place, ofProbe, place.attempts.failed(ofProbe.getMessage(), withoutDoubt(ofProbe)));
            } else {
                abort(place, e);
            }
        }
    }

    /** Whatever a probe fails with, it is not the probe's doing. */
    private static Suspicion withoutDoubt(StoreException ofProbe) {
        return ofProbe.suspicion() == Suspicion.PERHAPS_THIS ? Suspicion.NONE : ofProbe.suspicion();
    }

    private void giveUpOrTryAgain(PutInFlight place, StoreException e, Next next) {
        if (control.ended()) {
            discard(place);
        } else if (next == Next.GIVE_UP) {
            fail(place, e);
        } else {
            bucket.breaker().triedAgain(e.answer().words());
            place.retryAt = System.nanoTime() + place.attempts.pauseNanos();
            retries.add(place);
        }
    }

    private void fail(PutInFlight place, StoreException e) {
        onward.failed(place.event, e.reason(), e.getMessage());
        free(place);
    }

    private void discard(PutInFlight place) {
        onward.discarded(place.event);
        free(place);
    }

    private void retryWhatIsDue() {
        boolean refused = false; // one PUT's turn is as good as another's
        for (Iterator<PutInFlight> each = retries.iterator(); each.hasNext() && !refused; ) {
            PutInFlight place = each.next();
            if (control.ended()) {
                each.remove();
                giveBack(place);
            } else if (System.nanoTime() - place.retryAt >= 0) {
                awaitsTurn = true; // before it is asked, so that a change right after that is told
                refused = !bucket.breaker().tryTurn();
                awaitsTurn = refused;
                if (!refused) {
                    each.remove();
                    control.gate().again(place.event.payload().size());
                    start.accept(place);
                }
            }
        }
    }

    /** Cancels what takes too long, and settles what the queue did not take. */
    private void lookAtAll() {
        boolean graceIsOver = bucket.grace().ended();
        long now = System.nanoTime();
        if (!graceIsOver && now - nextLook < 0) {
            return;
        }
        nextLook = now + LOOK_NANOS;
        for (PutInFlight place : places) {
            CompletableFuture<?> put = place.put;
            if (place.unqueued) {
                place.unqueued = false;
                settleGuarded(place);
            } else if (put != null
                    && (graceIsOver || now - place.startedAt > bucket.longest().toNanos())) {
                cancel(put);
            }
        }
    }

    /** One that cannot be cancelled must not keep the others from it. */
    private void cancel(CompletableFuture<?> put) {
        try {
            put.cancel(true);
        } catch (Throwable e) {
            bug(e);
        }
    }
}
