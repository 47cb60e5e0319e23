package ch.tocco.lomigrate.command;

import ch.tocco.lomigrate.lifecycle.Beside;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.store.ObjectStore;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The start of the bucket's client while PostgreSQL is looked at: the client takes half a second to load and to send its
 * first request, which only asks whether the bucket is there.
 */
final class StoreStart implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(StoreStart.class);

    private final Beside<Started> starting;

    /**
     * A client that has begun.
     *
     * @param head its first request, see {@link ObjectStore#headBucket}
     */
    record Started(ObjectStore store, CompletableFuture<Void> head) {}

    private StoreStart(Beside<Started> starting) {
        this.starting = starting;
    }

    /** @param open makes the client */
    static StoreStart begin(Callable<ObjectStore> open) {
        return new StoreStart(Beside.begin("store-start", () -> {
            ObjectStore store = open.call();
            return new Started(store, store.headBucket());
        }));
    }

    /** Waits for it. */
    Started started() throws RefusedException, InterruptedException {
        return starting.get(RefusedException.class);
    }

    /** Closes the client, if there is one. */
    @Override
    public void close() {
        try {
            started().store().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RefusedException | RuntimeException e) {
            // Who needed it was told; another reason may have come before.
            LOG.debug("the store's client was not made: {}", e.getMessage());
        }
    }
}
