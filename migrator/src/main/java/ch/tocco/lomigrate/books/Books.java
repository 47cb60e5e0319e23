package ch.tocco.lomigrate.books;

import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.LoFailure;
import ch.tocco.lomigrate.lo.SourceRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Settles objects that leave the pipeline early: frees and counts them, and logs failures. Remembers failed rows, so that a
 * later pass does not try them again; rows whose cause may pass wait for a second try at the end of the run. A row that was
 * listed twice fails once. Thread-safe.
 */
public final class Books {
    /** Beyond this many, failed rows are counted and logged but no longer remembered: they take 32 MiB then. */
    static final int MAX_REMEMBERED = 1_000_000;

    /** Beyond this many, a failure is final at once: each takes some 450 bytes. */
    static final int MAX_DEFERRED = 20_000;

    private static final Logger LOG = LogManager.getLogger(Books.class);

    private final Counters counters;
    private final FailureReport report;
    private final FailedRows failed;
    private final Queue<Deferred> deferred = new LinkedBlockingQueue<>(MAX_DEFERRED);
    private final Set<String> triedAgain = ConcurrentHashMap.newKeySet();
    private volatile boolean deferring;
    private volatile boolean allRemembered = true;

    private record Deferred(SourceRow row, LoFailure failure) {}

    /** Books in which every failure is final. */
    public Books(Counters counters) {
        this(counters, MAX_REMEMBERED);
    }

    Books(Counters counters, int maxRemembered) {
        this(counters, maxRemembered, FailureReport.NONE, false);
    }

    private Books(Counters counters, int maxRemembered, FailureReport report, boolean deferring) {
        this.counters = counters;
        this.failed = new FailedRows(maxRemembered);
        this.report = report;
        this.deferring = deferring;
    }

    /**
     * Books in which failures that may pass wait for {@link #takeDeferred}.
     *
     * @param report gets every final failure
     */
    public static Books deferring(Counters counters, FailureReport report) {
        return new Books(counters, MAX_REMEMBERED, report, true);
    }

    /** This object cannot be migrated; {@code message} has operation and numbers. The event is empty afterwards. */
    public void failed(LoEvent event, FailureReason reason, String message) {
        SourceRow row = event.row();
        LoFailure failure = LoFailure.of(row, reason, message);
        event.clear();
        if (!isFirstFailure(failure)) {
            LOG.debug("failed again: {}", failure);
            counters.failedAgain();
        } else if (deferring && reason.mayPass() && deferred.offer(new Deferred(row, failure))) {
            LOG.warn("failed for now, tried again at the end: {}", failure);
            counters.deferred(1);
        } else {
            failed(failure);
        }
    }

    /** A row cannot be migrated, and is not tried again. */
    public void failed(LoFailure failure) {
        LOG.warn("failed: {}", failure);
        remember(failure);
        report.failed(failure, triedAgain.contains(failure.identity()) ? 2 : 1);
        counters.failed(failure.reason());
    }

    /** Remembers the row. True if it has not failed before; a row on its second try counts as new. */
    private synchronized boolean isFirstFailure(LoFailure failure) {
        boolean knownBefore = failed.contains(failure.identity()) && !triedAgain.contains(failure.identity());
        remember(failure);
        return !knownBefore;
    }

    private void remember(LoFailure failure) {
        if (!failed.add(failure.identity())) {
            allRemembered = false;
        }
    }

    /** The row is gone, or has other content, since it was listed. The event is empty afterwards. */
    public void vanished(LoEvent event) {
        LOG.warn(
                "row with hash {} and {} was deleted or re-pointed since it was listed",
                event.row().key().text(),
                event.row().content().label());
        event.clear();
        counters.vanished();
    }

    /** The run ended before this object was done; its row stays pending. The event is empty afterwards. */
    public void discarded(LoEvent event) {
        event.clear();
        counters.discarded();
    }

    /** The rows that wait for their second try, which is their last. They count as under way from now on. */
    public List<SourceRow> takeDeferred() {
        deferring = false;
        List<SourceRow> rows = new ArrayList<>();
        for (Deferred next = deferred.poll(); next != null; next = deferred.poll()) {
            triedAgain.add(next.failure.identity());
            rows.add(next.row);
        }
        counters.deferred(-rows.size());
        return rows;
    }

    /** The run ends: rows that still wait for a second try have failed. */
    public void closeDeferred() {
        deferring = false;
        for (Deferred next = deferred.poll(); next != null; next = deferred.poll()) {
            failed(next.failure);
            counters.deferred(-1);
        }
    }

    /** True if this row has failed before and is remembered. */
    public boolean hasFailed(String key, String oid) {
        return !failed.isEmpty() && failed.contains(LoFailure.identity(key, oid));
    }

    /** False once more rows have failed than can be remembered. */
    public boolean allRemembered() {
        return allRemembered;
    }
}
