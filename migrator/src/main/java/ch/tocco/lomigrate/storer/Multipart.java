package ch.tocco.lomigrate.storer;

import ch.tocco.lomigrate.control.FaultKind;
import ch.tocco.lomigrate.control.RunEndedException;
import ch.tocco.lomigrate.lo.FailureReason;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
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

    private final StorerSetup setup;
    private final StoreCalls calls;
    private final PartSender sender;
    private final StoredObject object;
    private final AtomicBoolean failed = new AtomicBoolean();

    Multipart(StorerSetup setup, StoreCalls calls, PartSender sender, StoredObject object) {
        this.setup = setup;
        this.calls = calls;
        this.sender = sender;
        this.object = object;
    }

    /** On return the object is in the bucket; when this throws, nobody reads {@code file} any more. */
    void upload(FileChannel file, Parts parts)
            throws StoreException, ExecutionException, RunEndedException, InterruptedException {
        ObjectStore store = setup.store();
        String uploadId = calls.call(() -> store.beginMultipart(object));
        boolean completed = false;
        try {
            List<String> etags = send(file, parts, uploadId);
            complete(uploadId, etags, parts.size());
            completed = true;
        } finally {
            if (!completed) {
                abort(uploadId);
            }
        }
        verifyLength(parts.size());
    }

    private List<String> send(FileChannel file, Parts parts, String uploadId)
            throws ExecutionException, InterruptedException {
        List<Future<String>> sent = new ArrayList<>(parts.count());
        for (int number = 1; number <= parts.count(); number++) {
            int part = number;
            sent.add(sender.submit(file, parts.offset(part), parts.length(part), bytes -> send(uploadId, part, bytes)));
        }
        List<String> etags = new ArrayList<>(sent.size());
        ExecutionException first = null;
        // All of them are waited for: the file must not go while one is still being read.
        for (Future<String> part : sent) {
            try {
                etags.add(part.get());
            } catch (ExecutionException e) {
                // Of interest is what made the others give up, not that they did.
                first = first == null || first.getCause() instanceof RunEndedException ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
        return etags;
    }

    private String send(String uploadId, int number, byte[] bytes)
            throws StoreException, RunEndedException, InterruptedException {
        if (failed.get()) {
            throw new RunEndedException("a part before this one");
        }
        boolean sent = false;
        try {
            String sha256 = sha256(bytes);
            String etag = calls.call(() -> setup.store().putPart(object, uploadId, number, bytes, sha256));
            sent = true;
            return etag;
        } finally {
            if (!sent) {
                failed.set(true);
            }
        }
    }

    private void complete(String uploadId, List<String> etags, long size)
            throws StoreException, RunEndedException, InterruptedException {
        AtomicInteger tries = new AtomicInteger();
        try {
            calls.call(() -> {
                tries.incrementAndGet();
                return setup.store().completeMultipart(object, uploadId, etags);
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
            return calls.call(() -> setup.store().length(object)) == size;
        } catch (StoreException e) {
            return false;
        }
    }

    private void verifyLength(long size) throws StoreException, RunEndedException, InterruptedException {
        long stored = calls.call(() -> setup.store().length(object));
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
            calls.callOnce(() -> setup.store().abortMultipart(object.key(), uploadId));
        } catch (StoreException e) {
            LOG.warn("multipart upload {} of {} is left in the bucket: {}", uploadId, object.key(), e.getMessage());
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
