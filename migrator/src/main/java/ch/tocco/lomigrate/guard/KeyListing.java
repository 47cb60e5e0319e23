package ch.tocco.lomigrate.guard;

import ch.tocco.lomigrate.lifecycle.Backoff;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.ObjectStore.KeysPage;
import ch.tocco.lomigrate.store.StoreException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Lists the keys of the bucket once, beside the run: a thousand a request takes minutes where there are millions, and until
 * then each key may be there. Logs its errors, which cost no more than a request for each object.
 */
final class KeyListing implements Runnable, AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(KeyListing.class);
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Duration LETTING_GO = Duration.ofSeconds(5);

    /** Failures of one page before it is told. */
    private static final int TELL_AFTER = 5;

    private final ObjectStore store;
    private final String prefix;
    private final SeenKeys keys;
    private final RunControl control;
    private final CompletableFuture<Void> closing = new CompletableFuture<>();
    private final Thread thread = new Thread(this, "key-listing");
    private volatile CompletableFuture<KeysPage> asked = CompletableFuture.completedFuture(null);

    KeyListing(ObjectStore store, String prefix, SeenKeys keys, RunControl control) {
        this.store = store;
        this.prefix = prefix;
        this.keys = keys;
        this.control = control;
    }

    /** Begins on a daemon thread. */
    KeyListing start() {
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    @Override
    public void run() {
        long count = 0;
        try {
            String after = "";
            while (after != null) {
                KeysPage page = page(after);
                if (page == null) {
                    return;
                }
                page.keys().forEach(keys::add);
                count += page.keys().size();
                after = page.next().orElse(null);
            }
            keys.complete();
            LOG.info("listed {} keys of the bucket: objects of other keys are stored without asking for them", count);
        } catch (StoreException e) {
            LOG.warn(
                    "the keys of the bucket cannot be listed, so lo-migrate asks for each object before it stores it: {}",
                    e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tries on as long as the run goes on; null: it does not. */
    private KeysPage page(String after) throws StoreException, InterruptedException {
        for (int failures = 1; !ended(); failures++) {
            try {
                return answer(after);
            } catch (StoreException e) {
                if (e.kind() != FaultKind.PASSING) {
                    throw e;
                }
                if (failures == TELL_AFTER && !ended()) {
                    LOG.info(
                            "the keys of the bucket cannot be listed for now, until then lo-migrate asks for each"
                                    + " object: {}",
                            e.getMessage());
                }
                control.await(closing, Duration.ofNanos(Backoff.nanos(failures)));
            }
        }
        return null;
    }

    private boolean ended() {
        return closing.isDone() || control.ended();
    }

    private KeysPage answer(String after) throws StoreException, InterruptedException {
        CompletableFuture<KeysPage> page = store.listKeys(prefix, after);
        asked = page;
        if (closing.isDone()) {
            page.cancel(true); // close() may have seen the one before
        }
        try {
            if (!control.await(page, LONGEST)) {
                page.cancel(true);
                RunEnd.NEVER.await(page, LETTING_GO);
            }
            return page.get(0, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw StoreException.of("ListObjects", e);
        }
    }

    /** Ends it, whether it is complete or not. */
    @Override
    public void close() {
        closing.complete(null);
        asked.cancel(true);
        try {
            thread.join(LETTING_GO.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
