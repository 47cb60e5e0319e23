package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Where a storer leaves each object that it is done with. Thread-safe.
 *
 * @param toCommit takes over stored objects; never gives up
 * @param toCommitAtOnce the same where that takes no waiting; else says false, and the object stays with the event
 */
public record Onward(Counters counters, Books books, Consumer<LoEvent> toCommit, Predicate<LoEvent> toCommitAtOnce) {
    /** One more PUT is under way, and will end. */
    void putBegins() {
        counters.timings().putBegins();
    }

    void putEnded() {
        counters.timings().putEnded();
    }

    /**
     * The store has it: its bytes are freed.
     *
     * @param nanos how long storing it took
     */
    void stored(LoEvent event, long nanos) {
        event.stored();
        counters.stored().done(event.bytes());
        counters.timings().stored(event.bytes(), Duration.ofNanos(nanos));
    }

    /** Its SHA-256 is to be written: the event is empty afterwards. */
    void commit(LoEvent event) {
        toCommit.accept(event);
    }

    /**
     * The same without waiting.
     *
     * @return false: the committers have no room, and the event is as it was
     */
    boolean tryCommit(LoEvent event) {
        return toCommitAtOnce.test(event);
    }

    /** It cannot be stored: the event is empty afterwards. */
    void failed(LoEvent event, FailureReason reason, String message) {
        books.failed(event, reason, message);
    }

    /** The run has ended before it was stored: the event is empty afterwards. */
    void discarded(LoEvent event) {
        books.discarded(event);
    }
}
