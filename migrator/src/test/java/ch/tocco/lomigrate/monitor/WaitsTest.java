package ch.tocco.lomigrate.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.Progress;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the run waits for, as rings, budgets and what is under way show it. */
final class WaitsTest {
    private static Snapshot snapshot(
            int receive, int store, int commit, int giantRows, int giantFiles, long memory, long disk, String held) {
        return new Snapshot(
                LocalDateTime.of(2026, 1, 1, 0, 0),
                Duration.ofSeconds(10),
                new Progress(new Counters.Totals(10_000, 0), 100, 500, 0, 0, 0),
                List.of(
                        new Snapshot.Stage("observer thread", 600, 0),
                        new Snapshot.Stage("receiver threads", 500, 0),
                        new Snapshot.Stage("storer threads", 400, 0),
                        new Snapshot.Stage("committer threads", 400, 0)),
                List.of(
                        new Snapshot.Ring("receive queue", receive, 8192),
                        new Snapshot.Ring("store queue", store, 1024),
                        new Snapshot.Ring("commit queue", commit, 8192),
                        new Snapshot.Ring("giant rows", giantRows, 100_000),
                        new Snapshot.Ring("giant files", giantFiles, 16)),
                List.of(
                        new Snapshot.Budget("objects in memory", memory, 100),
                        new Snapshot.Budget("spill directory", disk, 100)),
                Map.of(),
                0,
                0,
                List.of(),
                Snapshot.Held.valueOf(held));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            reading is slowest                   | 8192 | 3    | 10   | 0   | 0  | 5  | 0  | NOT    | READING
            the store is slowest                 | 8192 | 1000 | 10   | 0   | 0  | 50 | 0  | NOT    | STORE
            objects fill memory before the ring  | 8192 | 300  | 10   | 0   | 0  | 95 | 0  | NOT    | STORE
            what is in flight fills memory       | 8192 | 0    | 10   | 0   | 0  | 95 | 0  | NOT    | MEMORY
            commits are slowest                  | 8192 | 1024 | 8000 | 0   | 0  | 95 | 0  | NOT    | COMMIT
            uploads of giants are slowest         | 0    | 0    | 0    | 500 | 16 | 0  | 30 | NOT    | GIANTS
            no room for spill files              | 0    | 0    | 0    | 500 | 2  | 0  | 99 | NOT    | DISK
            giants are read                      | 0    | 0    | 0    | 500 | 2  | 0  | 10 | NOT    | READING
            giants do not matter while others are | 100 | 0    | 0    | 500 | 16 | 0  | 99 | NOT    | READING
            PUTs wait for the rate               | 8192 | 1000 | 10   | 0   | 0  | 50 | 0  | RATE   | RATE
            a closed gate is no stage's fault    | 8192 | 1000 | 10   | 0   | 0  | 50 | 0  | PAUSE  | PAUSE
            nor is a server that is away         | 8192 | 1000 | 8000 | 0   | 0  | 50 | 0  | OUTAGE | OUTAGE
            only PUTs in flight are left         | 0    | 0    | 0    | 0   | 0  | 5  | 0  | NOT    | STORE
            """)
    void isTheLastStageThatOthersWaitFor(
            String name,
            int receive,
            int store,
            int commit,
            int giantRows,
            int giantFiles,
            long memory,
            long disk,
            String held,
            Waits expected) {
        assertThat(Waits.of(snapshot(receive, store, commit, giantRows, giantFiles, memory, disk, held)))
                .as(name)
                .isEqualTo(expected);
    }

    @Test
    void tallyNamesWhatWasFoundMostAndWhatHelps() {
        Tally tally = new Tally();
        for (int i = 0; i < 20; i++) {
            tally.add(i < 15 ? Waits.STORE : i < 18 ? Waits.READING : Waits.NOTHING);
        }
        assertThat(tally.sentence())
                .contains(
                        "The store was the limit for 75% of the time: more --storer-threads may help, if the store can"
                                + " take more.");
    }

    @Test
    void shortRunIsNotJudged() {
        Tally tally = new Tally();
        tally.add(Waits.STORE);
        tally.add(Waits.STORE);
        assertThat(tally.sentence()).isEqualTo(Optional.empty());
    }
}
