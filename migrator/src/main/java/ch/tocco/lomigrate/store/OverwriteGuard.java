package ch.tocco.lomigrate.store;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Keeps objects whose names say nothing of their content from replacing other content: they are stored only where nothing
 * has their key yet. Where something has, an object of the same length and with our SHA-256 in its metadata is taken for
 * one that is stored: our own PUT of a run that was killed. One that this tool has stored for the same row, which names other
 * content since, is replaced. Thread-safe.
 */
public final class OverwriteGuard {
    private static final int PRECONDITION_FAILED = 412;

    private final ObjectStore store;

    public OverwriteGuard(ObjectStore store) {
        this.store = store;
    }

    /** See {@link ObjectStore#put}; fails with {@link FailureReason#KEY_TAKEN} where other content has the key. */
    public CompletableFuture<String> put(StoredObject object, Content content) {
        return new GuardedPut(object, content);
    }

    /**
     * Whether the store refuses to replace an object where it is asked to: some take no notice of that. Stores a small
     * object twice, and removes it.
     *
     * @param suffix of that object's key: processes that ask at the same time must not share it
     */
    public CompletableFuture<Boolean> isHonoured(String suffix) {
        StoredObject probe =
                new StoreProbe(store, "-overwrite" + suffix).object().onlyIfAbsent();
        return store.delete(probe.key().text())
                .thenCompose(done -> store.put(probe, StoreProbe.content()))
                .thenCompose(etag -> store.put(probe, StoreProbe.content()))
                .handle((etag, e) -> e)
                .thenCompose(e -> store.delete(probe.key().text()).thenApply(done -> refused(e)));
    }

    private static boolean refused(Throwable e) {
        if (e == null) {
            return false;
        }
        StoreException failure = StoreException.of("PUT", e);
        if (failure.answer().status() != PRECONDITION_FAILED) {
            throw new CompletionException(failure);
        }
        return true;
    }

    /** Whether the store has the object already; fails where other content has its key. */
    public CompletableFuture<Boolean> has(StoredObject object, long length) {
        return store.find(object).thenApply(found -> {
            if (found.isEmpty() || found.get().isOf(object, length)) {
                return found.isPresent();
            }
            if (found.get().isFormerOf(object)) {
                return false;
            }
            throw new CompletionException(taken(object, found.get()));
        });
    }

    private static StoreException taken(StoredObject object, ObjectStore.Found found) {
        return new StoreException(
                FaultKind.OBJECT,
                FailureReason.KEY_TAKEN,
                "the bucket has other content of " + found.length() + " bytes under " + object.key()
                        + "; --overwrite replaces it",
                null);
    }

    /** Cancelling it asks the request under way to end; it is complete when that has ended. */
    private final class GuardedPut extends CompletableFuture<String> {
        private final StoredObject object;
        private final Content content;
        private final long length;
        private volatile CompletableFuture<?> underWay;

        GuardedPut(StoredObject object, Content content) {
            this.object = object;
            this.content = content;
            this.length = content.length();
            CompletableFuture<String> put = store.put(object.onlyIfAbsent(), content);
            underWay = put;
            CompletableFuture<?> unused = put.whenComplete(this::answered);
        }

        private void answered(String etag, Throwable e) {
            if (e == null) {
                complete(etag);
                return;
            }
            StoreException failure = StoreException.of("PUT", e);
            if (failure.answer().status() != PRECONDITION_FAILED) {
                completeExceptionally(failure);
                return;
            }
            CompletableFuture<Optional<ObjectStore.Found>> found = store.find(object);
            underWay = found;
            CompletableFuture<?> unused = found.whenComplete(this::compared);
        }

        private void compared(Optional<ObjectStore.Found> found, Throwable e) {
            if (e != null) {
                completeExceptionally(StoreException.of("HEAD", e));
            } else if (found.isEmpty()) {
                completeExceptionally(new StoreException(
                        FaultKind.PASSING, FailureReason.UNAVAILABLE, "PUT: 412, but nothing has the key", null));
            } else if (found.get().isOf(object, length)) {
                complete(found.get().etag());
            } else if (found.get().isFormerOf(object)) {
                CompletableFuture<String> put = store.put(object, content);
                underWay = put;
                CompletableFuture<?> unused = put.whenComplete(this::replaced);
            } else {
                completeExceptionally(taken(object, found.get()));
            }
        }

        private void replaced(String etag, Throwable e) {
            if (e == null) {
                complete(etag);
            } else {
                completeExceptionally(StoreException.of("PUT", e));
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return underWay.cancel(mayInterruptIfRunning);
        }
    }
}
