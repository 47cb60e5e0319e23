package ch.tocco.lomigrate.books;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Counters.Totals;
import ch.tocco.lomigrate.lo.FailureReason;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How far a run is: each row of the table counts once, and nothing that is unsettled looks settled. */
@Timeout(60)
final class ProgressTest {
    private final Counters counters = new Counters();

    private void list(int rows) {
        for (int i = 0; i < rows; i++) {
            counters.observed().done(1);
        }
    }

    private void commit(int objects) {
        for (int i = 0; i < objects; i++) {
            counters.committed().done(1);
        }
    }

    private void assertProgress(long migrated, long rows, long left) {
        Progress progress = counters.progress();
        assertThat(progress.migratedInAll()).as("migrated").isEqualTo(migrated);
        assertThat(progress.rows()).as("rows").isEqualTo(rows);
        assertThat(progress.left()).as("left").isEqualTo(left);
    }

    @Test
    void rowsThatAreListedBeyondThoseThatWereCountedAreAdded() {
        counters.counted(new Totals(300, 100));
        list(150);
        commit(100);
        assertProgress(200, 300, 100);
        list(100);
        assertProgress(200, 350, 150);
        commit(149);
        assertProgress(349, 350, 1);
        commit(1);
        assertProgress(350, 350, 0);
    }

    @Test
    void rowThatIsListedTwiceCountsOnceWhenThatIsKnown() {
        counters.counted(new Totals(2, 0));
        list(3);
        commit(2);
        assertThat(counters.progress().left()).isEqualTo(1);
        counters.listedAgain(1);
        commit(1);
        assertProgress(2, 2, 0);
        assertThat(counters.migratedRows()).isEqualTo(2);
        assertThat(counters.balanced()).isTrue();
    }

    @Test
    void rowsThatAreSettledAtOnceByOneObjectEachCount() {
        counters.counted(new Totals(3, 0));
        list(1);
        counters.listedAgain(-2);
        commit(1);
        assertProgress(3, 3, 0);
    }

    @Test
    void rowThatWaitsForItsSecondTryIsUnderWay() {
        counters.counted(new Totals(3, 0));
        list(3);
        commit(2);
        counters.deferred(1);
        assertThat(counters.balanced()).isTrue();
        assertProgress(2, 3, 1);
        counters.deferred(-1);
        assertProgress(2, 3, 1);
    }

    @Test
    void failedRowsBelongToAllAndAreNotLeft() {
        counters.counted(new Totals(3, 0));
        list(4);
        commit(2);
        counters.failed(FailureReason.MISSING);
        counters.failed(FailureReason.MISSING);
        assertProgress(2, 4, 0);
    }

    @Test
    void rowThatNamesAnotherObjectByNowAndIsListedAgainCountsOnce() {
        counters.counted(new Totals(2, 0));
        list(2);
        commit(1);
        counters.vanished();
        list(1);
        assertProgress(1, 2, 1);
        commit(1);
        assertProgress(2, 2, 0);
    }

    /** One thread lists and commits, always with something under way; the other one looks. */
    @Test
    void runIsNeverDoneWhileSomethingIsUnderWay() throws Exception {
        counters.counted(new Totals(10, 0));
        list(1);
        AtomicBoolean stop = new AtomicBoolean();
        Thread busy = new Thread(() -> {
            while (!stop.get()) {
                list(1);
                commit(1);
            }
        });
        busy.start();
        try {
            for (int i = 0; i < 200_000; i++) {
                Progress progress = counters.progress();
                assertThat(progress.left()).isPositive();
                assertThat(progress.migratedInAll()).isLessThan(progress.rows());
            }
        } finally {
            stop.set(true);
            busy.join();
        }
    }
}
