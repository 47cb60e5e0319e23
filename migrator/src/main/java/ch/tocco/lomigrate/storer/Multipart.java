package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lifecycle.Gate;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.lifecycle.ServerWords;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.lo.HashedParts;
import ch.tocco.lomigrate.lo.Parts;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.ObjectStore.StoredPart;
import ch.tocco.lomigrate.store.StoreCalls;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoredObject;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Uploads one spill file in parts. Each part is verified by the store against its own SHA-256, the length of the whole
 * is checked at the end, and an upload that is not completed is aborted. For one object.
 */
final class Multipart {
    private static final Logger LOG = LogManager.getLogger(Multipart.class);

    private final ObjectStore store;
    private final Gate gate;
    private final StoreCalls calls;
    private final ExecutorService threads;
    private final StoredObject object;
    private final String key;
    private final Already already;
    private final AtomicBoolean failed = new AtomicBoolean();

    /** Whether the bucket has the object meanwhile. */
    interface Already {
        /** Asks; fails where the bucket has something else that must not be replaced. */
        boolean isThere() throws StoreException, RunEndedException, InterruptedException;
    }

    /** @param already is asked when all parts are sent: then the upload is not completed */
    Multipart(
            ObjectStore store,
            Gate gate,
            StoreCalls calls,
            ExecutorService threads,
            StoredObject object,
            Already already) {
        this.already = already;
        this.store = store;
        this.gate = gate;
        this.calls = calls;
        this.threads = threads;
        this.object = object;
        this.key = object.key().text();
    }

    /** On return the object is in the bucket; when this throws, no request reads {@code file}. */
    void upload(FileChannel file, HashedParts hashed)
            throws StoreException, ExecutionException, RunEndedException, InterruptedException {
        Parts parts = hashed.parts();
        String uploadId = begin();
        boolean completed = false;
        try {
            List<StoredPart> sent = send(file, hashed, uploadId);
            if (already.isThere()) {
                return;
            }
            complete(uploadId, sent, parts.size());
            completed = true;
        } finally {
            if (!completed) {
                abort(uploadId);
            }
        }
        verifyLength(parts.size());
    }

    private String begin() throws StoreException, RunEndedException, InterruptedException {
        AtomicInteger tries = new AtomicInteger();
        String uploadId = calls.call(() -> {
            tries.incrementAndGet();
            return store.beginMultipart(object);
        });
        if (tries.get() > 1) {
            abortOthers(uploadId);
        }
        return uploadId;
    }

    /**
     * A try whose answer was lost may have begun an upload that no run would ever end. Should one of them be that of
     * another run with the same content, then that run's object gets its second try.
     */
    private void abortOthers(String uploadId) throws InterruptedException {
        try {
            for (ObjectStore.OpenUpload upload : calls.callOnce(() -> store.listUploads(key))) {
                if (upload.key().equals(key) && !upload.uploadId().equals(uploadId)) {
                    abort(upload.uploadId());
                }
            }
        } catch (StoreException e) {
            LOG.warn("multipart uploads of {} cannot be listed: {}", key, e.getMessage());
        }
    }

    private List<StoredPart> send(FileChannel file, HashedParts hashed, String uploadId)
            throws ExecutionException, InterruptedException {
        Parts parts = hashed.parts();
        List<Future<String>> sent = new ArrayList<>(parts.count());
        for (int number = 1; number <= parts.count(); number++) {
            int part = number;
            Content content = Content.of(file, parts.offset(part), parts.length(part));
            sent.add(threads.submit(() -> send(uploadId, part, content, hashed.sha256(part))));
        }
        List<StoredPart> stored = new ArrayList<>(sent.size());
        ExecutionException first = null;
        // All of them are waited for: the file must not go while one is still being read.
        for (Future<String> part : sent) {
            try {
                stored.add(new StoredPart(part.get(), hashed.sha256(stored.size() + 1)));
            } catch (ExecutionException e) {
                // Of interest is what made the others give up, not that they did.
                first = first == null || first.getCause() instanceof RunEndedException ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
        return stored;
    }

    private String send(String uploadId, int number, Content content, String sha256)
            throws StoreException, RunEndedException, InterruptedException {
        if (failed.get()) {
            throw new RunEndedException("a part before this one");
        }
        AtomicInteger tries = new AtomicInteger();
        boolean sent = false;
        try {
            gate.awaitPart(content.length());
            String etag = calls.call(content.length(), () -> {
                if (tries.incrementAndGet() > 1) {
                    gate.again(content.length());
                }
                return store.putPart(object, uploadId, number, content, sha256);
            });
            sent = true;
            return etag;
        } finally {
            if (!sent) {
                failed.set(true);
            }
        }
    }

    private void complete(String uploadId, List<StoredPart> parts, long size)
            throws StoreException, RunEndedException, InterruptedException {
        AtomicInteger tries = new AtomicInteger();
        try {
            calls.call(() -> {
                tries.incrementAndGet();
                return store.completeMultipart(object, uploadId, parts);
            });
        } catch (StoreException e) {
            // A try whose answer was lost may have been done: asked again, the store knows the upload no more.
            if (e.kind() != FaultKind.OBJECT || tries.get() == 1 || !isStored(size)) {
                throw e;
            }
        }
    }

    private boolean isStored(long size) throws RunEndedException, InterruptedException {
        try {
            return calls.call(() -> store.length(object)) == size;
        } catch (StoreException e) {
            return false;
        }
    }

    private void verifyLength(long size) throws StoreException, RunEndedException, InterruptedException {
        long stored = calls.call(() -> store.length(object));
        if (stored != size) {
            throw new StoreException(
                    FaultKind.OBJECT,
                    FailureReason.CORRUPTED,
                    "sent " + size + " bytes, the store has " + stored,
                    null);
        }
    }

    private void abort(String uploadId) throws InterruptedException {
        try {
            calls.callOnce(() -> store.abortMultipart(key, uploadId));
        } catch (StoreException e) {
            if (!e.answer().code().equals("NoSuchUpload")) {
                LOG.warn(
                        "multipart upload {} of {} is left in the bucket: {}",
                        ServerWords.firstLine(uploadId),
                        key,
                        e.getMessage());
            }
        }
    }
}
