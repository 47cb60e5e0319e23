package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.config.ObjectSettings;
import ch.tocco.lomigrate.config.ObjectSettings.Encryption;
import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoredObject;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.HttpStatusCode;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** A bucket of a server that speaks S3. Thread-safe. */
public final class S3ObjectStore implements ObjectStore {
    private final AwsCredentialsProvider credentials;
    private final SdkAsyncHttpClient http;
    private final S3AsyncClient client;
    private final PutConnections putConnections;
    private final S3Puts puts;
    private final String bucket;
    private final ObjectSettings settings;
    private volatile boolean sendChecksums;

    /**
     * Opens no connection yet.
     *
     * @param connections most requests at once
     * @param stalled longest time that nothing may move in the middle of a request, in whole seconds
     * @throws IllegalStateException where the HTTP client cannot work on this system; the message says why
     */
    public S3ObjectStore(S3Config config, int connections, Duration stalled) {
        S3Clients.loadNativeLibrary();
        this.credentials = S3Clients.credentials(config);
        URI bucketUrl = S3Clients.bucketUrl(config);
        this.http = S3Clients.http(connections, stalled, config.proxy(), config.caBundle());
        this.client = S3Clients.create(config, credentials, http);
        this.putConnections = new PutConnections(
                bucketUrl, connections, S3Clients.CONNECT_TIMEOUT, stalled, config.proxy(), config.caBundle());
        this.puts = new S3Puts(bucketUrl, config.region(), credentials, putConnections, config.settings());
        this.bucket = config.bucket();
        this.settings = config.settings();
    }

    @Override
    public CompletableFuture<String> put(StoredObject object, Content content) {
        return puts.put(object, content);
    }

    @Override
    public CompletableFuture<String> beginMultipart(StoredObject object) {
        return request(
                "CreateMultipartUpload",
                () -> client.createMultipartUpload(create -> create.bucket(bucket)
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
                        .tagging(S3Puts.tagging(settings))),
                answer -> required("CreateMultipartUpload", "an UploadId", answer.uploadId()));
    }

    @Override
    public CompletableFuture<String> putPart(
            StoredObject object, String uploadId, int number, Content content, String sha256) {
        return puts.putPart(object.key().text(), uploadId, number, content, sha256);
    }

    @Override
    public CompletableFuture<Void> completeMultipart(StoredObject object, String uploadId, List<StoredPart> parts) {
        List<CompletedPart> completed = new ArrayList<>(parts.size());
        for (StoredPart part : parts) {
            completed.add(CompletedPart.builder()
                    .partNumber(completed.size() + 1)
                    .eTag(part.etag())
                    .checksumSHA256(sendChecksums ? S3Puts.base64(part.sha256()) : null)
                    .build());
        }
        return request(
                "CompleteMultipartUpload",
                () -> client.completeMultipartUpload(complete -> complete.bucket(bucket)
                        .key(object.key().text())
                        .uploadId(uploadId)
                        .multipartUpload(upload -> upload.parts(completed))),
                answer -> null);
    }

    @Override
    public CompletableFuture<Void> abortMultipart(String key, String uploadId) {
        return request(
                "AbortMultipartUpload",
                () -> client.abortMultipartUpload(
                        abort -> abort.bucket(bucket).key(key).uploadId(uploadId)),
                answer -> null);
    }

    @Override
    public CompletableFuture<List<OpenUpload>> listUploads(String prefix) {
        return listUploads(prefix, new ArrayList<>(), null, null);
    }

    /** Page after page: a bucket may have thousands, also of other writers. */
    private CompletableFuture<List<OpenUpload>> listUploads(
            String prefix, List<OpenUpload> found, String keyMarker, String idMarker) {
        CompletableFuture<ListMultipartUploadsResponse> page = request(
                "ListMultipartUploads",
                () -> client.listMultipartUploads(list ->
                        list.bucket(bucket).prefix(prefix).keyMarker(keyMarker).uploadIdMarker(idMarker)),
                answer -> answer);
        return page.thenCompose(answer -> {
            answer.uploads().stream()
                    // an upload that the store describes in part only cannot be aborted
                    .filter(upload -> upload.key() != null && upload.uploadId() != null)
                    .forEach(upload -> found.add(new OpenUpload(upload.key(), upload.uploadId(), upload.initiated())));
            return Boolean.TRUE.equals(answer.isTruncated()) && goesOn(answer, keyMarker, idMarker)
                    ? listUploads(prefix, found, answer.nextKeyMarker(), answer.nextUploadIdMarker())
                    : CompletableFuture.completedFuture(found);
        });
    }

    /** A store may say that there are more pages and not where: it would give the same page again and again. */
    private static boolean goesOn(ListMultipartUploadsResponse answer, String keyMarker, String idMarker) {
        return answer.nextKeyMarker() != null
                && !(answer.nextKeyMarker().equals(keyMarker) && Objects.equals(answer.nextUploadIdMarker(), idMarker));
    }

    @Override
    public CompletableFuture<Long> length(StoredObject object) {
        return request(
                "HEAD",
                () -> client.headObject(
                        head -> head.bucket(bucket).key(object.key().text())),
                answer -> required("HEAD", "a Content-Length", answer.contentLength()));
    }

    @Override
    public CompletableFuture<Optional<Found>> find(StoredObject object) {
        return request(
                "HEAD",
                () -> client.headObject(
                                head -> head.bucket(bucket).key(object.key().text()))
                        .handle(S3ObjectStore::found),
                answer -> answer);
    }

    private static Optional<Found> found(HeadObjectResponse answer, Throwable e) {
        if (e == null) {
            return Optional.of(new Found(
                    answer.contentLength(),
                    answer.metadata().get("sha256"),
                    answer.eTag(),
                    answer.serverSideEncryptionAsString(),
                    answer.storageClassAsString()));
        }
        if (StoreException.unwrapped(e) instanceof AwsServiceException refused
                && refused.statusCode() == HttpStatusCode.NOT_FOUND) {
            return Optional.empty();
        }
        throw new CompletionException(StoreException.unwrapped(e));
    }

    @Override
    public CompletableFuture<Void> headBucket() {
        return request(
                "HeadBucket",
                () -> client.headBucket(head -> head.bucket(bucket)).exceptionally(e -> {
                    throw new CompletionException(S3Faults.ofFirst("HeadBucket", e));
                }),
                answer -> null);
    }

    @Override
    public void compareEtags() {
        puts.compareEtags();
    }

    @Override
    public void sendChecksums() {
        sendChecksums = true;
        puts.sendChecksums();
    }

    @Override
    public CompletableFuture<Void> delete(String key) {
        return request(
                "DELETE",
                () -> client.deleteObject(delete -> delete.bucket(bucket).key(key)),
                answer -> null);
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

    @Override
    public void close() {
        client.close();
        http.close();
        putConnections.close();
        if (credentials instanceof SdkAutoCloseable closeable) {
            closeable.close();
        }
        S3Clients.endThreads();
    }
}
