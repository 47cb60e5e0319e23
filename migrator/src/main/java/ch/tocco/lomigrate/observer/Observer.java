package ch.tocco.lomigrate.observer;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.books.Timings;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.listing.ListedRow;
import ch.tocco.lomigrate.listing.Pages;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.LoFailure;
import ch.tocco.lomigrate.lo.Size;
import ch.tocco.lomigrate.lo.SourceRow;
import ch.tocco.lomigrate.postgres.PgSession;
import ch.tocco.lomigrate.source.SourceSql;
import ch.tocco.lomigrate.source.TableLock;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Lists pending rows in passes. One pass may miss a row that an update moves meanwhile, and rows are inserted: so
 * passes follow until one commits nothing. For one thread.
 */
public final class Observer {
    private static final Logger LOG = LogManager.getLogger(Observer.class);

    /** An application that keeps inserting must not keep the run alive. */
    private static final int MAX_PASSES = 5;

    private final TableLock tableLock;
    private final SourceSql sql;
    private final Counters counters;
    private final Books books;
    private final RunControl control;
    private final Onward onward;
    private final LoEvent event = new LoEvent();
    private int passes;
    private long listedBefore;
    private long committedBefore;

    /**
     * Makes an observer that has listed nothing yet.
     *
     * @param session this observer's own; aborted when the run ends
     * @param onward where listed rows go
     */
    public Observer(
            PgSession session, SourceSql sql, Counters counters, Books books, RunControl control, Onward onward) {
        this.tableLock = new TableLock(session, sql, false);
        this.sql = sql;
        this.counters = counters;
        this.books = books;
        this.control = control;
        this.onward = onward;
        control.onEnd(session::abort);
    }

    /** Lists every row that is pending and has not failed, and hands it on. */
    public void pass() throws SQLException, RunEndedException, InterruptedException {
        passes++;
        listedBefore = counters.observed().objects();
        committedBefore = counters.committed().objects();
        onward.listingBegins();
        try {
            listPages();
        } finally {
            onward.listingEnds();
        }
        LOG.debug("pass {} listed {} rows", passes, counters.observed().objects() - listedBefore);
    }

    private void listPages() throws SQLException, RunEndedException, InterruptedException {
        Pages pages = tableLock.outwait(connection -> Pages.over(sql, connection));
        for (List<ListedRow> page = next(pages); page != null && !control.ended(); page = next(pages)) {
            // Large objects are read fastest in the order in which they lie on disk.
            page.sort(Comparator.comparingLong(ListedRow::oid));
            for (ListedRow row : page) {
                if (control.ended()) {
                    return;
                }
                list(row);
            }
        }
    }

    /** Hands rows on that were listed before and are tried a second time. */
    public void again(List<SourceRow> rows) {
        LOG.info("trying {} objects again that failed for a cause that may have passed", rows.size());
        onward.listingBegins();
        try {
            rows.forEach(this::hand);
        } finally {
            onward.listingEnds();
        }
    }

    /** Whether rows may be left that a further pass would find. Asked when all that was listed is settled. */
    public boolean anotherPass() {
        if (control.ended() || counters.observed().objects() == listedBefore) {
            return false;
        }
        if (!books.allRemembered()) {
            LOG.warn("more objects failed than are remembered: rows that came during the run wait for the next one");
            return false;
        }
        return counters.committed().objects() > committedBefore && passes < MAX_PASSES;
    }

    /** Null: there are no more, or the run has ended. */
    private List<ListedRow> next(Pages pages) throws SQLException, RunEndedException, InterruptedException {
        if (!control.gate().mayBegin()) {
            return null;
        }
        long since = System.nanoTime();
        List<ListedRow> page = tableLock.outwait(pages::next);
        if (page != null) {
            counters.timings().answered(Timings.Call.LIST, since);
        }
        return page;
    }

    private void list(ListedRow row) {
        if (books.hasFailed(row.keyText(), row.oidText())) {
            return;
        }
        Optional<LoFailure> malformed = row.malformed();
        if (malformed.isPresent()) {
            counters.observed().done(0);
            books.failed(malformed.get());
            return;
        }
        SourceRow good = row.row();
        counters.observed().done(good.size().bytes());
        counters.unchecked(
                good.size().kind() != Size.Kind.DECLARED, good.expected().isEmpty());
        hand(good);
    }

    private void hand(SourceRow row) {
        event.listed(row);
        if (!onward.take(event)) {
            books.discarded(event);
        }
    }
}
