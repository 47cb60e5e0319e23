package ch.tocco.lomigrate.pipeline;

import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A store that takes small objects at once, and large ones only when it is told to. */
final class HeldGiantsStore extends UnaskedStore {
    private final Set<String> keys = ConcurrentHashMap.newKeySet();

    /** Guarded by this object, as is what follows. */
    private final List<Held> held = new ArrayList<>();

    private long small;

    private record Held(long length, CompletableFuture<Void> taken) {}

    /**
     * Makes an empty store.
     *
     * @param small largest size, in bytes, that is taken at once
     */
    HeldGiantsStore(long small) {
        this.small = small;
    }

    /** Takes all from now on. */
    void release() {
        release(Long.MAX_VALUE);
    }

    /** Takes those of so many bytes from now on, and what waits of them. */
    void release(long upTo) {
        List<Held> free;
        synchronized (this) {
            small = upTo;
            free = held.stream().filter(one -> one.length <= upTo).toList();
            held.removeAll(free);
        }
        free.forEach(one -> one.taken.complete(null));
    }

    private synchronized CompletableFuture<Void> taken(long length) {
        var one = new Held(length, new CompletableFuture<>());
        if (length <= small) {
            one.taken.complete(null);
        } else {
            held.add(one);
        }
        return one.taken;
    }

    Set<String> keys() {
        return keys;
    }

    @Override
    public CompletableFuture<String> put(StoredObject object, Content content) {
        return taken(content.length()).thenApply(now -> {
            keys.add(object.key().text());
            return "etag";
        });
    }

    @Override
    public CompletableFuture<List<OpenUpload>> listUploads(String prefix) {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public CompletableFuture<Void> delete(String key) {
        return CompletableFuture.completedFuture(null);
    }
}
