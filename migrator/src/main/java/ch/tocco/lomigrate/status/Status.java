package ch.tocco.lomigrate.status;

import ch.tocco.lomigrate.config.Shard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What is known of a migration at one moment.
 *
 * @param database its name
 * @param table qualified and quoted
 * @param state where it is recorded that a row is done, in words
 * @param rows rows of the source
 * @param pending rows of it that are not done
 * @param failed pending rows that have failed, by reason; empty: that is not recorded
 * @param shards how many shards the rows are divided into; empty: no shards are known
 * @param pendingByShard pending rows by the number of their shard; empty without shards
 * @param alive runs that are at work
 */
record Status(
        String database,
        String table,
        String state,
        long rows,
        long pending,
        Optional<Map<String, Long>> failed,
        OptionalInt shards,
        Map<Integer, Long> pendingByShard,
        List<Alive> alive) {
    Status {
        pendingByShard = Map.copyOf(pendingByShard);
        alive = List.copyOf(alive);
    }

    /**
     * A run at work.
     *
     * @param shard what it takes; empty: all rows
     * @param host where it runs; empty: this role may not know
     * @param pid its process there; 0: unknown
     * @param locked whether it holds its lock; a run with --no-lock is known by its heartbeat
     * @param progress what it has recorded of itself; empty: nothing
     */
    record Alive(Optional<Shard> shard, Optional<String> host, long pid, boolean locked, Optional<Progress> progress) {}

    /**
     * What a run records of itself with each heartbeat.
     *
     * @param committed objects that are done
     * @param failed objects that failed
     * @param bytes of the objects that are done
     * @param rate objects a second in the last minute
     * @param heartbeatSeconds how long ago that was
     */
    record Progress(long committed, long failed, long bytes, double rate, long heartbeatSeconds) {}

    long stored() {
        return rows - pending;
    }

    /** Objects a second of all runs; empty: not every run records its own. */
    OptionalDouble rate() {
        return alive.isEmpty() || alive.stream().anyMatch(run -> run.progress().isEmpty())
                ? OptionalDouble.empty()
                : OptionalDouble.of(alive.stream()
                        .mapToDouble(run -> run.progress().get().rate())
                        .sum());
    }

    /** Seconds until nothing is pending that has not failed; empty: that cannot be told. */
    OptionalLong etaSeconds() {
        long failures = failed.map(counts ->
                        counts.values().stream().mapToLong(Long::longValue).sum())
                .orElse(0L);
        double each = rate().orElse(0);
        return each <= 0
                ? OptionalLong.empty()
                : OptionalLong.of((long) Math.ceil(Math.max(0, pending - failures) / each));
    }
}
