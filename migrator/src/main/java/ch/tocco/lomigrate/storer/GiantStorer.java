package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.guard.OverwriteGuard;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.Gate;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.HashedParts;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.PartHashes;
import ch.tocco.lomigrate.lo.Parts;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.ring.Worker;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.StoreCalls;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Puts one object after the other that is in a spill file, in one request or in parts. */
public final class GiantStorer implements Worker {
    private static final Logger LOG = LogManager.getLogger(GiantStorer.class);
    private static final int HASH_BUFFER = 64 << 10;

    private final Bucket bucket;
    private final Onward onward;
    private final RunControl control;
    private final StoreCalls calls;
    private final ExecutorService partThreads;
    private final long partSize;
    private final LoEvent own = new LoEvent();

    /**
     * Makes a storer.
     *
     * @param partThreads shared by all of them
     * @param partSize wanted bytes of a part
     */
    GiantStorer(Bucket bucket, Onward onward, RunControl control, ExecutorService partThreads, long partSize) {
        this.bucket = bucket;
        this.onward = onward;
        this.control = control;
        this.calls = bucket.calls();
        this.partThreads = partThreads;
        this.partSize = partSize;
    }

    @Override
    public int ready(LoEvent[] into) {
        into[0] = own;
        return 1;
    }

    @Override
    public void work(LoEvent[] events, int count) throws InterruptedException {
        if (!mayBegin()) {
            onward.discarded(own);
            return;
        }
        onward.putBegins();
        long since = System.nanoTime();
        try {
            store();
            onward.stored(own, System.nanoTime() - since);
            onward.commit(own);
        } catch (StoreException e) {
            onward.failed(own, e.reason(), e.getMessage());
        } catch (IOException e) {
            onward.failed(own, FailureReason.SPILL, "spill file cannot be read: " + e);
        } catch (RunEndedException ended) {
            onward.discarded(own);
        } catch (RunAborted e) {
            control.abort(e);
            onward.discarded(own);
        } finally {
            onward.putEnded();
            if (!own.isEmpty()) {
                onward.discarded(own);
            }
        }
    }

    private boolean mayBegin() throws InterruptedException {
        Payload.SpillFile payload = (Payload.SpillFile) own.payload();
        Gate gate = control.gate();
        return payload.parts().isPresent() ? gate.mayPutInParts(payload.size()) : gate.mayPut(payload.size());
    }

    @SuppressWarnings("try") // the turn is only held
    private void store() throws StoreException, IOException, RunEndedException, InterruptedException {
        Payload.SpillFile payload = (Payload.SpillFile) own.payload();
        StoredObject object = ObjectToStore.of(own);
        if (!bucket.guard().protects()) {
            send(object, payload);
            return;
        }
        try (OverwriteGuard.Turn turn = bucket.guard().begin(object)) {
            if (!isThere(object, payload)) {
                send(object, payload);
            }
        }
    }

    private boolean isThere(StoredObject object, Payload.SpillFile payload)
            throws StoreException, RunEndedException, InterruptedException {
        return bucket.guard().protects() && calls.call(() -> bucket.guard().has(object, payload.size()));
    }

    private void send(StoredObject object, Payload.SpillFile payload)
            throws StoreException, IOException, RunEndedException, InterruptedException {
        try (FileChannel file = FileChannel.open(payload.file(), StandardOpenOption.READ)) {
            // an upload takes long, so it is asked once more before its end
            Multipart multipart = new Multipart(
                    bucket.store(), control.gate(), calls, partThreads, object, () -> isThere(object, payload));
            if (payload.parts().isPresent()) {
                HashedParts parts = payload.parts().get();
                logIfLarger(parts.parts());
                multipart.upload(file, parts);
            } else if (!isTakenWhole(object, Content.of(file, 0, payload.size()))) {
                multipart.upload(file, hashed(file, object, Parts.of(payload.size(), partSize)));
            }
        } catch (ExecutionException e) {
            rethrow(e.getCause());
        }
    }

    /** False: something on the way, a proxy with a limit for example, wants no request as large as that. */
    private boolean isTakenWhole(StoredObject object, Content content)
            throws StoreException, RunEndedException, InterruptedException {
        try {
            own.acknowledged(calls.call(content.length(), () -> bucket.put(object, content)));
            return true;
        } catch (StoreException e) {
            if (e.worthTrying() != StoreException.WorthTrying.SMALLER_REQUESTS || content.length() <= partSize) {
                throw e;
            }
            LOG.info(
                    "{}: {}; sent in parts, as a lower --multipart-threshold would do",
                    own.row().content().label(),
                    e.getMessage());
            return false;
        }
    }

    private void logIfLarger(Parts parts) {
        if (parts.partSize() > partSize) {
            LOG.info(
                    "{}: parts of {} MiB, because {} would not do with 10,000 of --upload-chunk-size",
                    own.row().content().label(),
                    parts.partSize() >> 20,
                    parts.size());
        }
    }

    /** Reads the file once more: the store is not to be told of bytes that a disk has made of those that were read. */
    private static HashedParts hashed(FileChannel file, StoredObject object, Parts parts)
            throws IOException, StoreException {
        PartHashes whole = new PartHashes(new Parts(parts.size(), parts.size()));
        PartHashes each = new PartHashes(parts);
        ByteBuffer buffer = ByteBuffer.allocate(HASH_BUFFER);
        Content content = Content.of(file, 0, parts.size());
        for (long done = 0; done < parts.size(); done += buffer.limit()) {
            content.read(done, buffer.clear());
            buffer.flip();
            whole.update(buffer.array(), 0, buffer.limit());
            each.update(buffer.array(), 0, buffer.limit());
        }
        if (!whole.hashed().sha256(1).equals(object.sha256())) {
            throw new StoreException(
                    FaultKind.OBJECT, FailureReason.SPILL, "spill file has other bytes than were written to it", null);
        }
        return each.hashed();
    }

    private static void rethrow(Throwable cause)
            throws StoreException, IOException, RunEndedException, InterruptedException {
        if (cause instanceof StoreException e) {
            throw e;
        }
        if (cause instanceof IOException e) {
            throw e;
        }
        if (cause instanceof RunEndedException e) {
            throw e;
        }
        if (cause instanceof InterruptedException e) {
            throw e;
        }
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        throw new IllegalStateException(cause);
    }
}
