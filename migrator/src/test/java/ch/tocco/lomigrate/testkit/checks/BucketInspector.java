package ch.tocco.lomigrate.testkit.checks;

import ch.tocco.lomigrate.testkit.data.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Looks into one bucket of any S3-compatible server, independently of the tool: plain synchronous clients, path
 * style, bodies hashed again. Safe for use by several threads.
 */
public final class BucketInspector implements AutoCloseable {
    private final S3Client client;
    private final PresignedGet get;
    private final String bucket;

    public BucketInspector(URI endpoint, String accessKey, String secretKey, String bucket) {
        this.bucket = bucket;
        get = new PresignedGet(endpoint, accessKey, secretKey, bucket);
        client = S3Client.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .forcePathStyle(true)
                // Ceph refuses the checksum trailers and chunks that the SDK sends unless told not to.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(settings -> settings.chunkedEncodingEnabled(false))
                .build();
    }

    public void createBucket() {
        client.createBucket(request -> request.bucket(bucket));
    }

    /** Stores an object, for tests that need one there before the tool runs. */
    public void put(String key, byte[] body, String contentType, Map<String, String> metadata) {
        client.putObject(
                request ->
                        request.bucket(bucket).key(key).contentType(contentType).metadata(metadata),
                RequestBody.fromBytes(body));
    }

    /** All keys of the bucket in the server's order. */
    public List<String> keys() {
        return client.listObjectsV2Paginator(request -> request.bucket(bucket)).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    /** Reads the object to its end and tells what it found. */
    public StoredObject read(String key) {
        try {
            var answer = get.open(key);
            try (InputStream body = answer.getInputStream()) {
                var digests = Digests.of(body);
                return new StoredObject(
                        key,
                        digests.size(),
                        digests.sha1(),
                        digests.sha256(),
                        answer.getContentType(),
                        PresignedGet.metadata(answer));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes of an object that fits into memory. */
    public byte[] bytes(String key) {
        try (InputStream body =
                client.getObject(request -> request.bucket(bucket).key(key))) {
            return body.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins a multipart upload and does not end it. */
    public void beginUpload(String key) {
        client.createMultipartUpload(request -> request.bucket(bucket).key(key));
    }

    /** Keys of the multipart uploads that were begun and neither completed nor aborted. */
    public List<String> openUploads() {
        return client.listMultipartUploadsPaginator(request -> request.bucket(bucket)).uploads().stream()
                .map(MultipartUpload::key)
                .toList();
    }

    @Override
    public void close() {
        get.close();
        client.close();
    }

    /**
     * What is in the bucket under a key.
     *
     * @param key the key
     * @param size bytes that were read, not what a header says
     * @param sha1 SHA-1 of the bytes read, lower-case hexadecimal
     * @param sha256 SHA-256 of the bytes read, lower-case hexadecimal
     * @param contentType content type as stored
     * @param metadata user metadata; names are lower case
     */
    public record StoredObject(
            String key, long size, String sha1, String sha256, String contentType, Map<String, String> metadata) {}
}
