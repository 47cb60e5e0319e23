package ch.tocco.lomigrate.store;

import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.s3.S3Faults;
import ch.tocco.lomigrate.testkit.data.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * A bucket in memory that verifies what it receives, as {@link ObjectStore} asks. A test may let each request wait or
 * fail. Thread-safe.
 */
public final class MemoryObjectStore implements ObjectStore {
    /** What is asked of the store. */
    public enum Operation {
        PUT,
        BEGIN,
        PART,
        COMPLETE,
        ABORT,
        LIST,
        KEYS,
        LENGTH,
        DELETE
    }

    /**
     * One request.
     *
     * @param operation what is asked for
     * @param key of the object
     * @param part number of the part, 0 where there is none
     */
    public record Request(Operation operation, String key, int part) {
        /** Whether it only asks if the store is there. */
        public boolean ofProbe() {
            return key.startsWith("lo-migrate-probe");
        }
    }

    /**
     * What is in the bucket under a key.
     *
     * @param bytes the content
     * @param contentType as it was sent
     * @param metadata as it was sent
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    public record Stored(byte[] bytes, String contentType, Map<String, String> metadata) {}

    private static final int KEYS_OF_A_PAGE = 2;
    private static final CompletableFuture<Void> AT_ONCE = CompletableFuture.completedFuture(null);

    private final Map<String, Stored> objects = new ConcurrentHashMap<>();
    private final Map<String, Upload> uploads = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Operation> loseAnswer = new AtomicReference<>();
    private volatile Function<Request, CompletableFuture<Void>> gate = request -> AT_ONCE;

    /**
     * Asks {@code newGate} about every request from now on: the request is done when the answer is complete, and fails
     * as that fails. Cancelling the request fails it, so a request may well wait for ever.
     */
    public void before(Function<Request, CompletableFuture<Void>> newGate) {
        gate = newGate;
    }

    /** The next request of this kind is done, but fails as if the connection had broken before the answer. */
    public void loseAnswerOnce(Operation operation) {
        loseAnswer.set(operation);
    }

    public static CompletableFuture<Void> atOnce() {
        return AT_ONCE;
    }

    public static CompletableFuture<Void> fault(FaultKind kind, FailureReason reason) {
        return CompletableFuture.failedFuture(new StoreException(kind, reason, "injected " + reason, null));
    }

    /** 500, as a store may answer to one object for ever. */
    public static CompletableFuture<Void> internalError() {
        return CompletableFuture.failedFuture(S3Faults.ofAnswer("PUT", 500, "InternalError", null, null));
    }

    public static CompletableFuture<Void> passing() {
        return fault(FaultKind.PASSING, FailureReason.UNAVAILABLE);
    }

    public Map<String, Stored> objects() {
        return objects;
    }

    /** Keys of the uploads that were begun and neither completed nor aborted. */
    public List<String> openUploads() {
        return uploads.values().stream()
                .map(upload -> upload.object.key().text())
                .toList();
    }

    /** All requests so far in the order in which they began. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public long count(Operation operation) {
        return requests.stream()
                .filter(request -> request.operation() == operation)
                .count();
    }

    @Override
    public CompletableFuture<String> put(StoredObject object, Content content) {
        return request(new Request(Operation.PUT, object.key().text(), 0), () -> {
            byte[] bytes = all(content);
            verify(bytes, object.sha256());
            objects.put(object.key().text(), new Stored(bytes, object.contentType(), object.metadata()));
            return "etag";
        });
    }

    @Override
    public CompletableFuture<String> beginMultipart(StoredObject object) {
        return request(new Request(Operation.BEGIN, object.key().text(), 0), () -> {
            String id = "upload-" + ids.incrementAndGet();
            uploads.put(id, new Upload(object));
            return id;
        });
    }

    @Override
    public CompletableFuture<String> putPart(
            StoredObject object, String uploadId, int number, Content content, String sha256) {
        return request(new Request(Operation.PART, object.key().text(), number), () -> {
            byte[] bytes = all(content);
            verify(bytes, sha256);
            upload(uploadId).parts.put(number, bytes);
            return "etag-" + number;
        });
    }

    @Override
    public CompletableFuture<Void> completeMultipart(StoredObject object, String uploadId, List<StoredPart> parts) {
        return request(new Request(Operation.COMPLETE, object.key().text(), 0), () -> {
            Upload upload = upload(uploadId);
            List<String> sent = upload.parts.keySet().stream()
                    .map(number -> "etag-" + number)
                    .toList();
            if (!sent.equals(parts.stream().map(StoredPart::etag).toList())) {
                throw refused("InvalidPart: " + parts);
            }
            StoredObject begun = upload.object;
            objects.put(begun.key().text(), new Stored(upload.content(), begun.contentType(), begun.metadata()));
            uploads.remove(uploadId);
            return null;
        });
    }

    @Override
    public CompletableFuture<Void> abortMultipart(String key, String uploadId) {
        return request(new Request(Operation.ABORT, key, 0), () -> {
            upload(uploadId);
            uploads.remove(uploadId);
            return null;
        });
    }

    @Override
    public CompletableFuture<List<OpenUpload>> listUploads(String prefix) {
        return request(
                new Request(Operation.LIST, "", 0),
                () -> uploads.entrySet().stream()
                        .filter(upload -> upload.getValue().object.key().text().startsWith(prefix))
                        .map(upload ->
                                new OpenUpload(upload.getValue().object.key().text(), upload.getKey(), Instant.now()))
                        .toList());
    }

    /** Two keys a page. */
    @Override
    public CompletableFuture<KeysPage> listKeys(String prefix, String after) {
        return request(new Request(Operation.KEYS, after, 0), () -> {
            List<String> keys = new TreeMap<>(objects)
                    .tailMap(after, false).keySet().stream()
                            .filter(key -> key.startsWith(prefix))
                            .toList();
            return keys.size() <= KEYS_OF_A_PAGE
                    ? new KeysPage(keys, Optional.empty())
                    : new KeysPage(keys.subList(0, KEYS_OF_A_PAGE), Optional.of(keys.get(KEYS_OF_A_PAGE - 1)));
        });
    }

    @Override
    public CompletableFuture<Long> length(StoredObject object) {
        return request(new Request(Operation.LENGTH, object.key().text(), 0), () -> {
            Stored stored = objects.get(object.key().text());
            if (stored == null) {
                throw refused("no such key");
            }
            return (long) stored.bytes().length;
        });
    }

    @Override
    public CompletableFuture<Optional<Found>> find(StoredObject object) {
        return request(
                new Request(Operation.LENGTH, object.key().text(), 0),
                () -> Optional.ofNullable(objects.get(object.key().text()))
                        .map(stored -> new Found(
                                stored.bytes().length, stored.metadata().get("sha256"), "etag")));
    }

    @Override
    public CompletableFuture<Map<String, String>> tags(StoredObject object) {
        return CompletableFuture.completedFuture(Map.of());
    }

    @Override
    public Optional<String> server() {
        return Optional.empty();
    }

    @Override
    public CompletableFuture<Void> headBucket() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void sendChecksums() {
        throw new UnsupportedOperationException("this store wants none");
    }

    @Override
    public void compareEtags() {
        throw new UnsupportedOperationException("this store verifies");
    }

    @Override
    public CompletableFuture<Void> delete(String key) {
        return request(new Request(Operation.DELETE, key, 0), () -> {
            objects.remove(key);
            return null;
        });
    }

    @Override
    public void close() {}

    private static byte[] all(Content content) throws StoreException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(content.length()));
        try {
            content.read(0, bytes);
        } catch (IOException e) {
            throw S3Faults.ofContent("PUT", e);
        }
        return bytes.array();
    }

    private static void verify(byte[] bytes, String sha256) throws StoreException {
        if (!Digests.of(bytes).sha256().equals(sha256)) {
            throw new StoreException(FaultKind.PASSING, FailureReason.CORRUPTED, "wrong SHA-256", null);
        }
    }

    private Upload upload(String id) throws StoreException {
        Upload upload = uploads.get(id);
        if (upload == null) {
            throw refused("no such upload");
        }
        return upload;
    }

    private static StoreException refused(String message) {
        return new StoreException(FaultKind.OBJECT, FailureReason.REFUSED, message, null);
    }

    private <T> CompletableFuture<T> request(Request request, Effect<T> effect) {
        requests.add(request);
        CompletableFuture<Void> gated = gate.apply(request);
        var answer = new Answer<T>(gated);
        CompletableFuture<?> unused = gated.whenComplete((done, e) -> {
            if (e != null) {
                answer.completeExceptionally(e);
                return;
            }
            try {
                T result = effect.run();
                if (loseAnswer.compareAndSet(request.operation(), null)) {
                    throw new StoreException(FaultKind.PASSING, FailureReason.UNAVAILABLE, "answer lost", null);
                }
                answer.complete(result);
            } catch (StoreException failure) {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    /** What a request does to the bucket. */
    private interface Effect<T> {
        T run() throws StoreException;
    }

    /** Passes a wish to cancel on to what the request waits for. */
    private static final class Answer<T> extends CompletableFuture<T> {
        private final CompletableFuture<Void> gated;

        Answer(CompletableFuture<Void> gated) {
            this.gated = gated;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return gated.completeExceptionally(
                    new StoreException(FaultKind.PASSING, FailureReason.UNAVAILABLE, "cancelled", null));
        }
    }

    /** Parts that are not an object yet. */
    private static final class Upload {
        final StoredObject object;
        final Map<Integer, byte[]> parts = Collections.synchronizedMap(new TreeMap<>());

        Upload(StoredObject object) {
            this.object = object;
        }

        byte[] content() {
            int size = parts.values().stream().mapToInt(part -> part.length).sum();
            byte[] all = new byte[size];
            int at = 0;
            for (byte[] part : parts.values()) {
                System.arraycopy(part, 0, all, at, part.length);
                at += part.length;
            }
            return all;
        }
    }
}
