package ch.tocco.lomigrate.books;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.LoFailure;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.lo.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Settling an object frees it, counts it, and remembers what failed. */
final class BooksTest {
    private final Counters counters = new Counters();
    private final Books books = new Books(counters);
    private final List<String> reported = new ArrayList<>();
    private final ByteBudget budget = new ByteBudget(10, () -> false);

    @Test
    void failedObjectIsFreedCountedAndRemembered() throws InterruptedException {
        LoEvent event = received();
        books.failed(event, FailureReason.REFUSED, "PUT: 400");
        assertThat(event.isEmpty()).isTrue();
        assertThat(budget.used()).isZero();
        assertThat(counters.failed()).containsEntry(FailureReason.REFUSED, 1L);
        assertThat(books.hasFailed("aa", "7")).isTrue();
        assertThat(books.hasFailed("aa", "8")).isFalse();
        assertThat(books.hasFailed("ab", "7")).isFalse();
    }

    @Test
    void rowThatWasListedTwiceFailsOnceAndIsSettledTwice() throws InterruptedException {
        counters.observed().done(4);
        counters.observed().done(4);
        books.failed(received(), FailureReason.REFUSED, "PUT: 400");
        books.failed(received(), FailureReason.REFUSED, "PUT: 400");
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.REFUSED, 1L));
        assertThat(counters.balanced()).isTrue();
        assertThat(counters.progress().underWay()).isZero();
        assertThat(budget.used()).isZero();
    }

    @Test
    void rowThatWasListedTwiceIsTriedASecondTimeOnce() throws InterruptedException {
        Books deferring = deferring();
        counters.observed().done(4);
        counters.observed().done(4);
        deferring.failed(received(), FailureReason.UNAVAILABLE, "PUT: 503");
        deferring.failed(received(), FailureReason.UNAVAILABLE, "PUT: 503");
        assertThat(counters.deferredCount()).isEqualTo(1);
        assertThat(counters.balanced()).isTrue();
        assertThat(deferring.takeDeferred()).hasSize(1);
        deferring.failed(received(), FailureReason.UNAVAILABLE, "PUT: 503");
        assertThat(counters.failed()).isEqualTo(Map.of(FailureReason.UNAVAILABLE, 1L));
        assertThat(counters.balanced()).isTrue();
    }

    @Test
    void discardedObjectIsFreedAndCountedAndMayBeTriedAgain() throws InterruptedException {
        LoEvent event = received();
        books.discarded(event);
        assertThat(event.isEmpty()).isTrue();
        assertThat(budget.used()).isZero();
        assertThat(counters.discardedCount()).isEqualTo(1);
        assertThat(books.hasFailed("aa", "7")).isFalse();
    }

    @Test
    void rowsWithoutKeyOrOidAreRememberedToo() {
        books.failed(new LoFailure(FailureReason.MALFORMED_HASH, null, "7", 1L, "hash is 'null'"));
        books.failed(new LoFailure(FailureReason.INVALID_OID, "aa", null, 1L, "oid is null"));
        assertThat(books.hasFailed(null, "7")).isTrue();
        assertThat(books.hasFailed("aa", null)).isTrue();
        assertThat(books.hasFailed(null, null)).isFalse();
        assertThat(counters.failedCount()).isEqualTo(2);
    }

    @Test
    void failuresBeyondTheLimitAreCountedButNotRemembered() {
        Books small = new Books(counters, 2);
        for (int oid = 1; oid <= 2; oid++) {
            small.failed(failure(oid));
        }
        assertThat(small.allRemembered()).isTrue();
        small.failed(failure(3));
        assertThat(small.allRemembered()).isFalse();
        assertThat(small.hasFailed("h", "2")).isTrue();
        assertThat(small.hasFailed("h", "3")).isFalse();
        assertThat(counters.failedCount()).isEqualTo(3);
    }

    @Test
    void aMillionFailuresAreRemembered() {
        assertThat(Books.MAX_REMEMBERED).isEqualTo(1_000_000);
    }

    @Test
    void failureThatMayPassWaitsForASecondTry() throws InterruptedException {
        Books deferring = deferring();
        counters.observed().done(4);
        LoEvent event = received();

        deferring.failed(event, FailureReason.UNAVAILABLE, "PUT: 503");

        assertThat(event.isEmpty()).isTrue();
        assertThat(budget.used()).isZero();
        assertThat(reported).isEmpty();
        assertThat(counters.failedCount()).isZero();
        assertThat(counters.deferredCount()).isEqualTo(1);
        assertThat(counters.balanced()).as("a pass may end while it waits").isTrue();
        assertThat(deferring.hasFailed("aa", "7")).as("not for a later pass").isTrue();

        assertThat(deferring.takeDeferred()).containsExactly(Rows.of("aa", 4, null, 7));
        assertThat(counters.deferredCount()).isZero();
        assertThat(counters.balanced()).as("it is under way again").isFalse();
        assertThat(deferring.takeDeferred()).isEmpty();
    }

    @Test
    void secondFailureIsFinalAndReportedWithItsAttempts() throws InterruptedException {
        Books deferring = deferring();
        counters.observed().done(4);
        deferring.failed(received(), FailureReason.UNAVAILABLE, "PUT: 503");
        assertThat(deferring.takeDeferred()).hasSize(1);

        deferring.failed(received(), FailureReason.SPILL, "disk full");

        assertThat(reported).containsExactly("SPILL 2");
        assertThat(counters.failed()).containsOnly(Map.entry(FailureReason.SPILL, 1L));
        assertThat(counters.balanced()).isTrue();
    }

    @Test
    void failureOfTheObjectItselfIsFinalAtOnce() throws InterruptedException {
        Books deferring = deferring();
        counters.observed().done(4);
        deferring.failed(received(), FailureReason.HASH_MISMATCH, "other SHA-1");
        assertThat(reported).containsExactly("HASH_MISMATCH 1");
        assertThat(counters.deferredCount()).isZero();
        assertThat(counters.balanced()).isTrue();
    }

    @Test
    void rowsThatStillWaitWhenTheRunEndsHaveFailed() throws InterruptedException {
        Books deferring = deferring();
        counters.observed().done(4);
        deferring.failed(received(), FailureReason.NOT_COMMITTED, "deadlock");

        deferring.closeDeferred();

        assertThat(reported).containsExactly("NOT_COMMITTED 1");
        assertThat(counters.failed()).containsOnly(Map.entry(FailureReason.NOT_COMMITTED, 1L));
        assertThat(counters.deferredCount()).isZero();
        assertThat(counters.balanced()).isTrue();
        deferring.closeDeferred();
        assertThat(reported).hasSize(1);
    }

    @Test
    void nothingIsDeferredOnceTheSecondTryHasBegun() throws InterruptedException {
        Books deferring = deferring();
        assertThat(deferring.takeDeferred()).isEmpty();
        deferring.failed(received(), FailureReason.UNAVAILABLE, "PUT: 503");
        assertThat(reported).containsExactly("UNAVAILABLE 1");
    }

    private Books deferring() {
        return Books.deferring(counters, (failure, attempts) -> reported.add(failure.reason() + " " + attempts));
    }

    private static LoFailure failure(int oid) {
        return new LoFailure(FailureReason.MISSING, "h", Integer.toString(oid), 1L, "gone");
    }

    private LoEvent received() throws InterruptedException {
        LoEvent event = new LoEvent();
        event.listed(Rows.of("aa", 4, null, 7));
        assertThat(budget.take(4)).isTrue();
        event.received(new Payload.InMemory(new byte[4], budget, 4), "ff");
        return event;
    }
}
