package ch.tocco.lomigrate.guard;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.ObjectStore.Found;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoredObject;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Keeps objects whose names say nothing of their content from replacing other content: they are stored only where nothing
 * has their key yet. Where something has, an object of the same length and with our SHA-256 in its metadata is taken for
 * one that is stored: our own PUT of a run that was killed. One that this tool has stored for the same row, which names other
 * content since, is replaced. Thread-safe.
 */
public final class OverwriteGuard implements AutoCloseable {
    static final int PRECONDITION_FAILED = 412;

    private final ObjectStore store;
    private final boolean protects;
    private final boolean conditional;
    private final KnownKeys known;
    private final Optional<KeyListing> listing;
    private final KeysInFlight inFlight = new KeysInFlight();

    private OverwriteGuard(ObjectStore store, Protection way, KnownKeys known, Optional<KeyListing> listing) {
        this.store = store;
        this.protects = way != Protection.NONE;
        this.conditional = way == Protection.BY_THE_STORE;
        this.known = known;
        this.listing = listing;
    }

    /** Stores everything, whatever is there. */
    public static OverwriteGuard none(ObjectStore store) {
        return new OverwriteGuard(store, Protection.NONE, KnownKeys.NONE, Optional.empty());
    }

    /** For a store that refuses to replace what it has when it is asked to. */
    static OverwriteGuard byTheStore(ObjectStore store) {
        return new OverwriteGuard(store, Protection.BY_THE_STORE, KnownKeys.NONE, Optional.empty());
    }

    /** For a store that does not: asks for what it may have. */
    static OverwriteGuard byComparing(ObjectStore store, KnownKeys known) {
        return new OverwriteGuard(store, Protection.BY_COMPARING, known, Optional.empty());
    }

    /**
     * Begins to keep the objects of a bucket.
     *
     * @param way how
     * @param prefix what the keys of all objects begin with that this run stores
     * @param alone whether no other process of this migration stores objects at the same time; else the keys of the bucket
     *     are not worth listing, as others are added meanwhile
     * @param control ends the listing
     */
    public static OverwriteGuard begin(
            Protection way, ObjectStore store, String prefix, boolean alone, RunControl control) {
        return switch (way) {
            case NONE -> none(store);
            case BY_THE_STORE -> byTheStore(store);
            case BY_COMPARING -> alone ? listing(store, prefix, control) : byComparing(store, KnownKeys.UNKNOWN);
        };
    }

    private static OverwriteGuard listing(ObjectStore store, String prefix, RunControl control) {
        SeenKeys seen = new SeenKeys(SeenKeys.BYTES);
        return new OverwriteGuard(
                store,
                Protection.BY_COMPARING,
                seen,
                Optional.of(new KeyListing(store, prefix, seen, control).start()));
    }

    public ObjectStore store() {
        return store;
    }

    /** Whether anything is kept. */
    public boolean protects() {
        return protects;
    }

    /** See {@link ObjectStore#put}; fails with {@link FailureReason#KEY_TAKEN} where other content has the key. */
    public CompletableFuture<String> put(StoredObject object, Content content) {
        if (!protects) {
            return store.put(object, content);
        }
        try {
            return new GuardedPut(begin(object), object, content).send();
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Begins to store an object in several requests, and keeps other rows of this run away from its key until it is closed.
     *
     * @throws StoreException other content is being stored under its key now
     */
    public Turn begin(StoredObject object) throws StoreException {
        String key = object.key().text();
        if (!inFlight.begin(key, object.sha256())) {
            throw taken("another row of this run is storing other content under " + key);
        }
        return () -> inFlight.end(key);
    }

    /** An object's turn at its key. */
    public interface Turn extends AutoCloseable {
        /** Ends it; to be called once. */
        @Override
        void close();
    }

    /** Whether the store has the object already; fails where other content has its key. */
    public CompletableFuture<Boolean> has(StoredObject object, long length) {
        known.add(object.key().text());
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

    private static StoreException taken(StoredObject object, Found found) {
        return taken("the bucket has other content of " + found.length() + " bytes under " + object.key());
    }

    private static StoreException taken(String why) {
        return new StoreException(FaultKind.OBJECT, FailureReason.KEY_TAKEN, why + "; --overwrite replaces it", null);
    }

    @Override
    public void close() {
        listing.ifPresent(KeyListing::close);
    }

    /** Cancelling it asks the request under way to end; it is complete when that has ended. */
    private final class GuardedPut extends CompletableFuture<String> {
        private final Turn turn;
        private final StoredObject object;
        private final Content content;
        private volatile CompletableFuture<?> underWay;
        private volatile boolean cancelled;

        GuardedPut(Turn turn, StoredObject object, Content content) {
            this.turn = turn;
            this.object = object;
            this.content = content;
        }

        GuardedPut send() {
            String key = object.key().text();
            boolean ask = known.mayHave(key);
            known.add(key); // before it is sent: that the answer gets lost does not mean that nothing is there
            if (ask) {
                follow(() -> store.find(object), this::asked);
            } else {
                sendContent();
            }
            return this;
        }

        private void sendContent() {
            follow(() -> store.put(conditional ? object.onlyIfAbsent() : object, content), this::answered);
        }

        private void asked(Optional<Found> found, Throwable e) {
            if (e != null) {
                end(null, StoreException.of("HEAD", e));
            } else if (found.isEmpty()) {
                sendContent();
            } else {
                compare(found.get());
            }
        }

        private void answered(String etag, Throwable e) {
            if (e == null) {
                end(etag, null);
                return;
            }
            StoreException failure = StoreException.of("PUT", e);
            if (failure.answer().status() == PRECONDITION_FAILED) {
                follow(() -> store.find(object), this::compared);
            } else {
                end(null, failure);
            }
        }

        private void compared(Optional<Found> found, Throwable e) {
            if (e != null) {
                end(null, StoreException.of("HEAD", e));
            } else if (found.isEmpty()) {
                end(
                        null,
                        new StoreException(
                                FaultKind.PASSING,
                                FailureReason.UNAVAILABLE,
                                "PUT: 412, but nothing has the key",
                                null));
            } else {
                compare(found.get());
            }
        }

        private void compare(Found found) {
            if (found.isOf(object, content.length())) {
                end(found.etag(), null);
            } else if (found.isFormerOf(object)) {
                follow(() -> store.put(object, content), this::replaced);
            } else {
                end(null, taken(object, found));
            }
        }

        private void replaced(String etag, Throwable e) {
            end(etag, e == null ? null : StoreException.of("PUT", e));
        }

        /** Whatever is thrown on the way ends it: no caller would see it. */
        private <T> void follow(Supplier<CompletableFuture<T>> request, BiConsumer<T, Throwable> then) {
            try {
                if (cancelled) {
                    throw new CancellationException();
                }
                CompletableFuture<T> sent = request.get();
                underWay = sent;
                CompletableFuture<?> unused = sent.whenComplete((answer, e) -> {
                    try {
                        then.accept(answer, e);
                    } catch (Throwable bug) {
                        end(null, bug);
                    }
                });
            } catch (Throwable e) {
                end(null, e);
            }
        }

        private void end(String etag, Throwable e) {
            turn.close();
            if (e == null) {
                complete(etag);
            } else {
                completeExceptionally(e);
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            cancelled = true;
            CompletableFuture<?> now = underWay;
            return now != null && now.cancel(mayInterruptIfRunning);
        }
    }
}
