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
        List<String> waiting) {
    /** How much one stage has done so far. */
    record Stage(String label, long objects, long bytes) {}

    /** How many slots of a ring are filled. */
    record Ring(String label, int used, int size) {}

    /** How many bytes of a budget are taken. */
    record Budget(String label, long used, long capacity) {}

    long failedCount() {
        return failed.values().stream().mapToLong(Long::longValue).sum();
    }
}
