package ch.tocco.lomigrate.observer;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.postgres.SqlFaults;
import java.sql.SQLException;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The observer's side of a run: pass after pass over the table, each only once all that the one before listed is settled,
 * and at the end a second try of what may have failed in passing. For the thread that lists.
 */
public final class Listing {
    private static final Logger LOG = LogManager.getLogger(Listing.class);

    private final Observer observer;
    private final RunControl control;
    private final Counters counters;
    private final Books books;

    public Listing(Observer observer, RunControl control, Counters counters, Books books) {
        this.observer = observer;
        this.control = control;
        this.counters = counters;
        this.books = books;
    }

    /** Returns when all is listed and settled, or the run has ended; what makes it impossible aborts the run. */
    public void run() throws InterruptedException {
        try {
            list();
        } catch (RuntimeException | Error e) {
            // First of all: who called drains the stages next, and they would go on for as long as the run does.
            control.bug("internal error", e);
        }
    }

    private void list() throws InterruptedException {
        String mainThread = Thread.currentThread().getName();
        Thread.currentThread().setName("observer");
        try {
            do {
                observer.pass();
                counters.awaitBalanced(control);
            } while (observer.anotherPass());
            if (counters.deferredCount() > 0 && !control.ended()) {
                observer.again(books.takeDeferred());
                counters.awaitBalanced(control);
            }
        } catch (RunEndedException ended) {
            LOG.debug("{}", ended.getMessage());
        } catch (SQLException e) {
            control.abort(new RunAborted(RunAborted.Kind.FAULT, "rows cannot be listed: " + SqlFaults.describe(e), e));
        } finally {
            Thread.currentThread().setName(mainThread);
        }
    }
}
