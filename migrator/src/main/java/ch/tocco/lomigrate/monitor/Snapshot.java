package ch.tocco.lomigrate.monitor;

import ch.tocco.lomigrate.books.Progress;
import ch.tocco.lomigrate.lo.FailureReason;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;

/**
 * The numbers of the display at one moment. Not an atomic cut: the stages work on while it is taken.
 *
 * @param time when it was taken
 * @param elapsed since the run began
 * @param progress how far the run is
 * @param stages the stages in the order of the pipeline
 * @param rings the rings in the order of the pipeline
 * @param budgets bytes of memory and disk
 * @param failed objects that failed, by reason
 * @param vanished rows that were gone when the committer wanted to write their SHA-256
 * @param discarded objects that were listed but not done when the run ended
 * @param waiting one line per server that is away
 * @param held what keeps stages from going on
 */
record Snapshot(
        LocalDateTime time,
        Duration elapsed,
        Progress progress,
        List<Stage> stages,
        List<Ring> rings,
        List<Budget> budgets,
        Map<FailureReason, Long> failed,
        long vanished,
        long discarded,
        List<String> waiting,
        Held held) {
    static final String RECEIVE_QUEUE = "receive queue";
    static final String STORE_QUEUE = "store queue";
    static final String COMMIT_QUEUE = "commit queue";
    static final String GIANT_ROWS = "giant rows";
    static final String GIANT_FILES = "giant files";
    static final String MEMORY = "objects in memory";
    static final String DISK = "spill directory";

    /** What keeps stages from beginning anything, none of them being to blame. */
    enum Held {
        NOT,
        /** PUTs wait for the allowed rate. */
        RATE,
        /** The gate is closed. */
        PAUSE,
        /** A server is away. */
        OUTAGE
    }

    /** How much one stage has done so far. */
    record Stage(String label, long objects, long bytes) {}

    /** How many slots of a ring are filled. */
    record Ring(String label, int used, int size) {}

    /** How many bytes of a budget are taken. */
    record Budget(String label, long used, long capacity) {}

    /** How many slots of a ring are filled; 0 if there is none of that label. */
    int ringUsed(String label) {
        return rings.stream()
                .filter(ring -> ring.label().equals(label))
                .mapToInt(Ring::used)
                .sum();
    }

    /** How much of a ring is filled, from 0 to 1; 0 if there is none of that label. */
    double ringShare(String label) {
        return rings.stream()
                .filter(ring -> ring.label().equals(label))
                .mapToDouble(ring -> (double) ring.used() / ring.size())
                .sum();
    }

    long failedCount() {
        return failed.values().stream().mapToLong(Long::longValue).sum();
    }
}
