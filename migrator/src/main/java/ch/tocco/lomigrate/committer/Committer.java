package ch.tocco.lomigrate.committer;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.Timings;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.LoFailure;
import ch.tocco.lomigrate.lo.SourceRow.Identity;
import ch.tocco.lomigrate.postgres.LockTimeoutException;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.postgres.SqlFaults;
import ch.tocco.lomigrate.ring.Handler;
import ch.tocco.lomigrate.source.SourceSql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Collects stored objects and writes their hashes, a chunk per transaction: when the chunk is full, when the oldest of
 * it waits for too long, when nothing more comes, and at the end.
 */
public final class Committer implements Handler {
    private static final Logger LOG = LogManager.getLogger(Committer.class);
    private static final long MAX_AGE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final String SUPPRESSED =
            "PostgreSQL reported no error and the row has no hash; a trigger or a rule discards the update";

    /** How often a chunk is looked at once more after its commit, though PostgreSQL says that all of it was updated. */
    private static final long SECOND_LOOK_NANOS = Duration.ofSeconds(10).toNanos();

    private final PgSession session;
    private final RowWriter writer;
    private final PastLocks pastLocks;
    private final Counters counters;
    private final Books books;
    private final FailureStreak streak;
    private final LoEvent[] chunk;
    private final ChunkSize size;
    private int filled;
    private long oldest;

    /** Whether a commit was given up for good: what was in its way is in that of the next one too. */
    private boolean gaveUp;

    /** When the next chunk is looked at; the first one is. */
    private long secondLook = System.nanoTime();

    /** Whether a row that PostgreSQL said was updated did not keep its SHA-256: then every chunk is looked at. */
    private boolean distrusts;

    /**
     * Makes a committer.
     *
     * @param session this committer's own; closed when it finishes
     * @param bucket where the objects are
     * @param chunk most hashes per transaction
     * @param streak the one of all committers of the run
     */
    public Committer(
            PgSession session,
            SourceSql sql,
            String bucket,
            int chunk,
            Counters counters,
            Books books,
            FailureStreak streak) {
        this.session = session;
        this.writer = sql.mapping().complete() ? new HashWriter(sql) : new MappedWriter(sql, bucket);
        this.pastLocks = new PastLocks(session, writer, sql, counters.timings());
        this.counters = counters;
        this.books = books;
        this.streak = streak;
        this.chunk = Stream.generate(LoEvent::new).limit(chunk).toArray(LoEvent[]::new);
        this.size = new ChunkSize(chunk);
    }

    @Override
    public void take(LoEvent event) throws InterruptedException {
        if (filled == 0) {
            oldest = System.nanoTime();
        }
        chunk[filled++].moveFrom(event);
        if (filled == size.now()) {
            flush();
        }
    }

    @Override
    public void endOfBatch() throws InterruptedException {
        if (filled > 0 && System.nanoTime() - oldest > MAX_AGE_NANOS) {
            flush();
        }
    }

    @Override
    public void idle() throws InterruptedException {
        if (filled > 0) {
            flush();
        }
    }

    @Override
    public void finish() throws InterruptedException {
        try {
            idle();
        } finally {
            session.close();
        }
    }

    private void flush() throws InterruptedException {
        try {
            if (!gaveUp) {
                streak.check();
                commit(distinctByKey());
            }
        } catch (RunAborted hopeless) {
            gaveUp = true;
            throw hopeless;
        } catch (RunEndedException ended) {
            gaveUp = true;
            LOG.warn("stored objects were not committed and wait for the next run: {}", ended.getMessage());
        } finally {
            discardTheRest();
        }
    }

    private void discardTheRest() {
        while (filled > 0) {
            // first, so that the place is free again also if this fails
            LoEvent event = chunk[--filled];
            if (!event.isEmpty()) {
                books.discarded(event);
            }
        }
    }

    /** One list per row, by key: in one order for all committers, so that they do not deadlock on each other's rows. */
    private List<List<LoEvent>> distinctByKey() {
        Map<Identity, List<LoEvent>> byKey = new TreeMap<>();
        for (int i = 0; i < filled; i++) {
            byKey.computeIfAbsent(chunk[i].row().identity(), k -> new ArrayList<>(1))
                    .add(chunk[i]);
        }
        return List.copyOf(byKey.values());
    }

    private void commit(List<List<LoEvent>> rows) throws RunEndedException, InterruptedException {
        List<LoEvent> events = rows.stream().map(same -> same.get(0)).toList();
        if (pastLocks.areLikely(events.size())) {
            commitPastLocks(rows, events);
            return;
        }
        var updated = new UpdatedRows(events.size());
        try {
            if (updateAll(events, updated) && !wantsSecondLook()) {
                for (int i = 0; i < rows.size(); i++) {
                    committed(rows.get(i), updated.of(i));
                }
            } else {
                lookAt(rows, updated, session.call(connection -> writer.lookUp(connection, events)), Set.of());
            }
        } catch (LockTimeoutException locked) {
            pastLocks.met();
            commitPastLocks(rows, events);
        } catch (SQLException e) {
            refused(rows, e);
        }
    }

    /**
     * What an AFTER UPDATE trigger does to a row comes after what the update tells of it. So now and then a chunk is looked at
     * when it is committed: a trigger that takes the SHA-256 away again cannot pass for success for long.
     */
    private boolean wantsSecondLook() {
        if (!distrusts && System.nanoTime() - secondLook < 0) {
            return false;
        }
        secondLook = System.nanoTime() + SECOND_LOOK_NANOS;
        return true;
    }

    private boolean updateAll(List<LoEvent> events, UpdatedRows updated)
            throws SQLException, LockTimeoutException, RunEndedException, InterruptedException {
        long begun = System.nanoTime();
        session.<Void, LockTimeoutException>callAboutObjects(connection -> {
            long since = System.nanoTime();
            writer.update(connection, events, updated);
            counters.timings().answered(Timings.Call.COMMIT, since);
            return null;
        });
        size.took(events.size(), System.nanoTime() - begun);
        return updated.all();
    }

    /** A lock of another transaction must not hold up the rows that are free. */
    private void commitPastLocks(List<List<LoEvent>> rows, List<LoEvent> events)
            throws RunEndedException, InterruptedException {
        var updated = new UpdatedRows(events.size());
        try {
            long begun = System.nanoTime();
            PastLocks.Result result = pastLocks.commit(events, updated, wantsSecondLook());
            if (result.locked().isEmpty()) { // it was no lock that took the time
                size.took(events.size(), System.nanoTime() - begun);
            }
            lookAt(rows, updated, result.hashes(), result.locked());
        } catch (SQLException e) {
            refused(rows, e);
        }
    }

    /** Something about one of the rows: looks for it by halves, so that the others are committed. */
    private void refused(List<List<LoEvent>> rows, SQLException e) throws RunEndedException, InterruptedException {
        if (SqlFaults.State.INSUFFICIENT_PRIVILEGE.is(e)) {
            throw new RunAborted(RunAborted.Kind.FAULT, "PostgreSQL: " + SqlFaults.describe(e), e);
        }
        int count = rows.size();
        if (count == 1) {
            String words = SqlFaults.describe(e);
            if (e.getSQLState() != null && SqlFaults.kindOf(e) != FaultKind.PASSING) {
                countAlike(rows.get(0).get(0), e.getSQLState(), words);
            }
            failed(rows.get(0), FailureReason.NOT_COMMITTED, words);
        } else {
            commit(rows.subList(0, count / 2));
            commit(rows.subList(count / 2, count));
        }
    }

    /** Rows that failed before are known to be bad ones, and tried again one after another at the end of the run. */
    private void countAlike(LoEvent event, String why, String words) {
        String hash = event.row().key().text();
        String content = event.row().content().reference();
        if (!books.hasFailed(hash, content)) {
            streak.failed(LoFailure.identity(hash, content), why, words);
        }
    }

    /**
     * Settles the rows of a chunk that was not updated as a whole. It settles committed rows first: then the others do not
     * count as a table that takes no hash.
     *
     * @param locked positions of the rows that another transaction has locked
     */
    private void lookAt(
            List<List<LoEvent>> rows, UpdatedRows updated, Map<Integer, String> found, Set<Integer> locked) {
        boolean anyCommitted = false;
        for (int i = 0; i < rows.size(); i++) {
            // Also how it looks when the answer to an earlier COMMIT was lost.
            if (rows.get(i).get(0).sha256().equals(found.get(i))) {
                committed(rows.get(i), updated.of(i));
                anyCommitted = true;
            }
        }
        for (int i = 0; i < rows.size(); i++) {
            if (!rows.get(i).get(0).isEmpty()) {
                distrusts |= updated.isUpdated(i) && "".equals(found.get(i));
                notCommitted(rows.get(i), found.get(i), locked.contains(i), anyCommitted);
            }
        }
    }

    private void notCommitted(List<LoEvent> events, String now, boolean locked, boolean othersCommitted) {
        if (now == null) {
            events.forEach(books::vanished);
        } else if (!now.isEmpty()) {
            failed(events, FailureReason.CONFLICT, "the row now has " + now);
        } else if (locked) {
            failed(events, FailureReason.NOT_COMMITTED, "another transaction has locked this row");
        } else {
            if (!othersCommitted) {
                countAlike(events.get(0), FailureStreak.NOT_UPDATED, SUPPRESSED);
            }
            failed(events, FailureReason.NOT_COMMITTED, SUPPRESSED);
        }
    }

    private void failed(List<LoEvent> events, FailureReason reason, String message) {
        events.forEach(event -> books.failed(event, reason, message));
    }

    /**
     * These events of one hash and oid are done.
     *
     * @param rows how many rows have got the hash by that: fewer than there are events if a row was listed twice
     */
    private void committed(List<LoEvent> events, int rows) {
        streak.broken();
        counters.timings().rowCommitted();
        counters.listedAgain(events.size() - rows);
        for (LoEvent event : events) {
            long bytes = event.bytes();
            event.clear();
            counters.committed().done(bytes);
        }
    }
}
