package ch.tocco.lomigrate.guard;

import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoreProbe;
import ch.tocco.lomigrate.store.StoredObject;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Finds out with a small object how a store can be kept from replacing what it has. */
public final class OverwriteTrial {
    /** How stores answer to a header that they do not know; others take no notice of it. */
    private static final int NOT_IMPLEMENTED = 501;

    private final ObjectStore store;
    private final StoredObject object;

    /** @param suffix of that object's key: processes that try at the same time must not share it */
    public OverwriteTrial(ObjectStore store, String suffix) {
        this.store = store;
        this.object = new StoreProbe(store, "-overwrite" + suffix).object();
    }

    /**
     * Whether the store refuses to replace an object where {@code If-None-Match} asks for it. Stores the object twice, and
     * removes it.
     */
    public CompletableFuture<Boolean> isHonoured() {
        return remove().thenCompose(done -> put())
                .thenCompose(etag -> put())
                .handle((etag, e) -> e)
                .thenCompose(e -> remove().thenApply(done -> refused(e)));
    }

    private CompletableFuture<Void> remove() {
        return store.delete(object.key().text());
    }

    private CompletableFuture<String> put() {
        return store.put(object.onlyIfAbsent(), StoreProbe.content());
    }

    private static boolean refused(Throwable e) {
        if (e == null) {
            return false;
        }
        StoreException failure = StoreException.of("PUT", e);
        if (failure.answer().status() == NOT_IMPLEMENTED) {
            return false;
        }
        if (failure.answer().status() != OverwriteGuard.PRECONDITION_FAILED) {
            throw new CompletionException(failure);
        }
        return true;
    }

    /**
     * Whether the store tells what it has from what it has not: keys without the right to list get 403 for both from some.
     * The object is not there.
     */
    public CompletableFuture<Boolean> saysThatNothingIsThere() {
        return store.find(object).thenApply(Optional::isEmpty);
    }
}
