package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.config.ObjectSettings;
import ch.tocco.lomigrate.config.ObjectSettings.Encryption;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.http.Connections;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoredObject;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.HttpStatusCode;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListObjectsResponse;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** A bucket of a server that speaks S3. Thread-safe. */
public final class S3ObjectStore implements ObjectStore {
    private final AwsCredentialsProvider credentials;
    private final S3Config config;
    private final int most;
    private final Duration stalled;
    private final Connections connections;
    private final S3Requests requests;
    private final String bucket;
    private final ObjectSettings settings;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean sendChecksums;
    private SdkAsyncHttpClient http; // guarded by this; null until the SDK's client is needed
    private S3AsyncClient client; // guarded by this; the same

    /**
     * Loads the native library of the HTTP client, if it can be loaded. A store does that too when it is made; this is for
     * a start that has nothing else to do meanwhile.
     */
    public static void preload() {
        try {
            S3Clients.loadNativeLibrary();
        } catch (IllegalStateException e) {
            return; // the store will say so, and what to do
        }
    }

    /**
     * Opens no connection yet.
     *
     * @param connections most requests at once
     * @param stalled longest time that nothing may move in the middle of a request, in whole seconds
     * @throws IllegalStateException where the HTTP client cannot work on this system; the message says why
     */
    public S3ObjectStore(S3Config config, int connections, Duration stalled) {
        S3Clients.loadNativeLibrary();
        this.config = config;
        this.most = connections;
        this.stalled = stalled;
        this.credentials = S3Clients.credentials(config);
        URI bucketUrl = S3Clients.bucketUrl(config);
        S3Clients.beginThreads();
        this.connections = new Connections(
                bucketUrl, connections, S3Clients.CONNECT_TIMEOUT, stalled, config.proxy(), config.caBundle());
        this.requests = new S3Requests(bucketUrl, config.region(), credentials, this.connections, config.settings());
        this.bucket = config.bucket();
        this.settings = config.settings();
    }

    /** The SDK's client, for what begins and ends uploads in parts. Made when it is needed first, as that takes a while. */
    private synchronized S3AsyncClient sdk() {
        if (client == null) {
            http = S3Clients.http(most, stalled, config.proxy(), config.caBundle());
            client = S3Clients.create(config, credentials, http);
        }
        return client;
    }

    @Override
    public CompletableFuture<String> put(StoredObject object, Content content) {
        return requests.put(object, content);
    }

    @Override
    public CompletableFuture<String> beginMultipart(StoredObject object) {
        return request(
                "CreateMultipartUpload",
                () -> sdk().createMultipartUpload(create -> create.bucket(bucket)
                        .key(object.key().text())
                        .contentType(object.contentType())
                        .contentDisposition(object.disposition().isEmpty() ? null : object.disposition())
                        .checksumAlgorithm(sendChecksums ? ChecksumAlgorithm.SHA256 : null)
                        .metadata(object.metadata())
                        .storageClass(settings.storageClass().orElse(null))
                        .serverSideEncryption(
                                settings.encryption().map(Encryption::algorithm).orElse(null))
                        .ssekmsKeyId(settings.encryption()
                                .flatMap(Encryption::kmsKey)
                                .orElse(null))
                        .tagging(S3Requests.tagging(settings))),
                answer -> required("CreateMultipartUpload", "an UploadId", answer.uploadId()));
    }

    @Override
    public CompletableFuture<String> putPart(
            StoredObject object, String uploadId, int number, Content content, String sha256) {
        return requests.putPart(object.key().text(), uploadId, number, content, sha256);
    }

    @Override
    public CompletableFuture<Void> completeMultipart(StoredObject object, String uploadId, List<StoredPart> parts) {
        List<CompletedPart> completed = new ArrayList<>(parts.size());
        for (StoredPart part : parts) {
            completed.add(CompletedPart.builder()
                    .partNumber(completed.size() + 1)
                    .eTag(part.etag())
                    .checksumSHA256(sendChecksums ? S3Requests.base64(part.sha256()) : null)
                    .build());
        }
        return request(
                "CompleteMultipartUpload",
                () -> sdk().completeMultipartUpload(complete -> complete.bucket(bucket)
                        .key(object.key().text())
                        .uploadId(uploadId)
                        .multipartUpload(upload -> upload.parts(completed))),
                answer -> null);
    }

    @Override
    public CompletableFuture<Void> abortMultipart(String key, String uploadId) {
        return request(
                "AbortMultipartUpload",
                () -> sdk().abortMultipartUpload(
                                abort -> abort.bucket(bucket).key(key).uploadId(uploadId)),
                answer -> null);
    }

    @Override
    public CompletableFuture<List<OpenUpload>> listUploads(String prefix) {
        return listUploads(prefix, new ArrayList<>(), null);
    }

    /** Page after page: a bucket may have thousands, also of other writers. */
    private CompletableFuture<List<OpenUpload>> listUploads(
            String prefix, List<OpenUpload> found, UploadsPage.End after) {
        CompletableFuture<UploadsPage> page = requests.listUploads(prefix, after);
        return page.thenCompose(answer -> {
            found.addAll(answer.uploads());
            // a store may say that there are more and name the place where this page began, again and again
            return answer.end().isEmpty() || answer.end().get().equals(after)
                    ? CompletableFuture.completedFuture(found)
                    : listUploads(prefix, found, answer.end().get());
        });
    }

    /** The first version of this request: stores know it that do not know the second. */
    @Override
    public CompletableFuture<KeysPage> listKeys(String prefix, String after) {
        return request(
                "ListObjects",
                () -> sdk().listObjects(list -> list.bucket(bucket)
                        .prefix(prefix)
                        .marker(after.isEmpty() ? null : after)
                        .encodingType(EncodingType.URL)), // XML cannot say each key
                answer -> keys(answer, after));
    }

    /** Where the store does not say where the page ends, it ends with its last key. */
    private static KeysPage keys(ListObjectsResponse answer, String after) {
        List<String> keys = answer.contents().stream().map(S3Object::key).toList();
        if (!Boolean.TRUE.equals(answer.isTruncated())) {
            return new KeysPage(keys, Optional.empty());
        }
        String next = answer.nextMarker() != null || keys.isEmpty() ? answer.nextMarker() : keys.get(keys.size() - 1);
        if (next == null || next.isEmpty() || next.equals(after)) {
            throw new CompletionException(S3Faults.without("an end of the page", "ListObjects", HttpStatusCode.OK));
        }
        return new KeysPage(keys, Optional.of(next));
    }

    @Override
    public CompletableFuture<Long> length(StoredObject object) {
        return request("HEAD", () -> requests.head(object.key().text()), Found::length);
    }

    @Override
    public CompletableFuture<Optional<Found>> find(StoredObject object) {
        return request("HEAD", () -> requests.head(object.key().text()).handle(S3ObjectStore::found), answer -> answer);
    }

    private static Optional<Found> found(Found there, Throwable e) {
        if (e == null) {
            return Optional.of(there);
        }
        if (StoreException.unwrapped(e) instanceof StoreException refused
                && refused.answer().status() == HttpStatusCode.NOT_FOUND) {
            return Optional.empty();
        }
        throw new CompletionException(StoreException.unwrapped(e));
    }

    @Override
    public CompletableFuture<Map<String, String>> tags(StoredObject object) {
        return request(
                "GetObjectTagging",
                () -> sdk().getObjectTagging(
                                get -> get.bucket(bucket).key(object.key().text())),
                answer -> answer.tagSet().stream()
                        .collect(Collectors.toMap(Tag::key, Tag::value, (one, other) -> other)));
    }

    @Override
    public Optional<String> server() {
        return Optional.of(requests.server()).filter(name -> !name.isBlank());
    }

    @Override
    public CompletableFuture<Void> headBucket() {
        return requests.headBucket();
    }

    @Override
    public CompletableFuture<Void> delete(String key) {
        return requests.delete(key);
    }

    @Override
    public void compareEtags() {
        requests.compareEtags();
    }

    @Override
    public void sendChecksums() {
        sendChecksums = true;
        requests.sendChecksums();
    }

    /** Sends a request; what goes wrong comes as a {@link StoreException}, also what is thrown before it is sent. */
    private static <A, T> CompletableFuture<T> request(
            String operation, Supplier<CompletableFuture<A>> send, Function<A, T> result) {
        CompletableFuture<A> sent;
        try {
            sent = send.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(S3Faults.of(operation, e));
        }
        return new StoreRequest<>(operation, sent, result);
    }

    private static <T> T required(String operation, String name, T value) {
        if (value == null || value.toString().isEmpty()) {
            throw new CompletionException(S3Faults.without(name, operation, HttpStatusCode.OK));
        }
        return value;
    }

    private synchronized void closeSdk() {
        if (client != null) {
            client.close();
            http.close();
        }
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        closeSdk();
        connections.close();
        if (credentials instanceof SdkAutoCloseable closeable) {
            closeable.close();
        }
        S3Clients.endThreads();
    }
}
