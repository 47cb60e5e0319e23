package ch.tocco.lomigrate.books;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lo.FailureReason;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each listed object is settled once: committed, failed, discarded or vanished. */
@Timeout(60)
final class CountersTest {
    private final Counters counters = new Counters();

    @Test
    void newBooksBalanceAtNothing() {
        assertThat(counters.balanced()).isTrue();
        assertThat(counters.settled()).isZero();
        assertThat(counters.failed()).isEmpty();
        assertThat(counters.totals()).isNull();
    }

    @Test
    void eachWayToSettleCounts() {
        for (int i = 0; i < 5; i++) {
            counters.observed().done(10);
        }
        assertThat(counters.balanced()).isFalse();
        counters.committed().done(10);
        counters.failed(FailureReason.MISSING);
        counters.failed(FailureReason.REFUSED);
        counters.discarded();
        assertThat(counters.balanced()).isFalse();
        counters.vanished();
        assertThat(counters.balanced()).isTrue();
        assertThat(counters.settled()).isEqualTo(5);
        assertThat(counters.failedCount()).isEqualTo(2);
        assertThat(counters.discardedCount()).isEqualTo(1);
        assertThat(counters.vanishedCount()).isEqualTo(1);
    }

    @Test
    void settlingAnObjectTwiceShowsAsAnImbalance() {
        counters.observed().done(10);
        counters.committed().done(10);
        counters.discarded();
        assertThat(counters.balanced()).isFalse();
    }

    @Test
    void stagesInBetweenDoNotSettle() {
        counters.observed().done(10);
        counters.received().done(10);
        counters.stored().done(10);
        assertThat(counters.settled()).isZero();
    }

    @Test
    void failuresAreCountedByReason() {
        counters.failed(FailureReason.MISSING);
        counters.failed(FailureReason.MISSING);
        counters.failed(FailureReason.INVALID_OID);
        assertThat(counters.failed())
                .containsOnlyKeys(FailureReason.INVALID_OID, FailureReason.MISSING)
                .containsEntry(FailureReason.MISSING, 2L);
    }

    @Test
    void bytesAreCountedLikeObjects() {
        counters.stored().done(3L << 40);
        counters.stored().done(0);
        assertThat(counters.stored().objects()).isEqualTo(2);
        assertThat(counters.stored().bytes()).isEqualTo(3L << 40);
    }

    @Test
    void noCountIsLostBetweenThreads() throws InterruptedException {
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(i -> new Thread(() -> {
                    for (int n = 0; n < 50_000; n++) {
                        counters.observed().done(1);
                        switch (n % 4) {
                            case 0 -> counters.committed().done(1);
                            case 1 -> counters.failed(FailureReason.MISSING);
                            case 2 -> counters.discarded();
                            default -> counters.vanished();
                        }
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(counters.balanced()).isTrue();
        assertThat(counters.settled()).isEqualTo(200_000);
        assertThat(counters.committed().objects()).isEqualTo(50_000);
    }
}
