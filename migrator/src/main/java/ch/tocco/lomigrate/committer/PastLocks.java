package ch.tocco.lomigrate.committer;

import ch.tocco.lomigrate.books.Timings;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.postgres.CommitBounds;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.source.TableLock;
import java.sql.SQLException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Commits what can be committed of a chunk that waited for locks in vain. Locked rows are skipped; a lock on the table
 * is waited out, as an outage is. For one thread.
 */
final class PastLocks {
    private static final Logger LOG = LogManager.getLogger(PastLocks.class);

    /** Rows that are many: more wait behind them, and where all of them are locked, a transaction is over the whole table. */
    private static final int MANY = 50;

    /** How long such a transaction is waited for before its rows are left for later. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final PgSession session;
    private final RowWriter writer;
    private final TableLock tableLock;
    private final Timings timings;

    /** When a commit was last held up or a row found locked, in the terms of {@link System#nanoTime}; null: never. */
    private Long lastLocked;

    PastLocks(PgSession session, RowWriter writer, SourceSql sql, Timings timings) {
        this.timings = timings;
        this.session = session;
        this.writer = writer;
        this.tableLock = new TableLock(session, sql, true);
    }

    /** To be called when a commit was not done in the time it had, see {@link CommitBounds}. */
    void met() {
        lastLocked = System.nanoTime();
    }

    /**
     * Whether so many rows had better be committed by {@link #commit} at once: where another transaction holds locks for
     * long, or commits take long anyhow, a chunk after the other would wait in vain.
     */
    boolean areLikely(int rows) {
        return rows >= MANY && lastLocked != null && System.nanoTime() - lastLocked < PATIENCE.toNanos();
    }

    /**
     * What became of rows.
     *
     * @param hashes see {@link RowWriter#lookUp}
     * @param locked positions of those that were left out because another transaction has locked them
     */
    record Result(Map<Integer, String> hashes, Set<Integer> locked) {}

    /**
     * Sets the hashes of the rows that no other transaction has locked.
     *
     * @param rows is told for which of the events rows were updated
     * @param secondLook look at the rows too if PostgreSQL says that all were updated
     */
    Result commit(List<LoEvent> events, UpdatedRows rows, boolean secondLook)
            throws SQLException, RunEndedException, InterruptedException {
        long since = System.nanoTime();
        boolean said = false;
        boolean triedAgain = false;
        while (true) {
            tableLock.outwait(connection -> {
                long began = System.nanoTime();
                writer.updateUnlocked(connection, events, rows);
                timings.answered(Timings.Call.COMMIT, began);
                return null;
            });
            if (rows.all() && !secondLook) {
                return new Result(allUpdated(events), Set.of());
            }
            Map<Integer, String> found = tableLock.outwait(connection -> writer.lookUp(connection, events));
            BitSet free = found.containsValue("")
                    ? tableLock.outwait(connection -> writer.unlocked(connection, events))
                    : new BitSet();
            Set<Integer> locked = found.keySet().stream()
                    .filter(i -> found.get(i).isEmpty() && !free.get(i))
                    .collect(Collectors.toSet());
            if (!locked.isEmpty()) {
                met();
            }
            if (!free.isEmpty() && !triedAgain) {
                triedAgain = true; // their locks may be gone only now
                continue;
            }
            boolean allLocked = locked.size() == events.size();
            if (!allLocked || events.size() < MANY || System.nanoTime() - since > PATIENCE.toNanos()) {
                return new Result(found, locked);
            }
            if (!said) {
                said = true;
                LOG.warn(
                        "all {} rows of a commit are locked by others, waiting up to {} s, first hash {} and {}",
                        events.size(),
                        PATIENCE.toSeconds(),
                        events.get(0).row().key().text(),
                        events.get(0).row().content().label());
            }
            session.pause();
        }
    }

    private static Map<Integer, String> allUpdated(List<LoEvent> events) {
        return IntStream.range(0, events.size())
                .boxed()
                .collect(Collectors.toMap(i -> i, i -> events.get(i).sha256()));
    }
}
