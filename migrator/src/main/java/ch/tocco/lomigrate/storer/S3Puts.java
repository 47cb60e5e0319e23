package ch.tocco.lomigrate.storer;

import java.net.URI;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * PutObject and UploadPart, the two requests that carry content, as plain HTTP requests. They are the bulk of a run, and
 * what the SDK's S3 client does around each request costs more than sending a small object; see PutBenchmark. They
 * also need a signature over a hash that is known beforehand, which that client has no way to be given. Thread-safe.
 */
final class S3Puts {
    private static final String USER_AGENT = "lo-migrate";

    private final URI bucket;
    private final String bucketPath;
    private final PayloadHashSigner signer;
    private final AwsCredentialsProvider credentials;
    private final SdkAsyncHttpClient http;

    /**
     * Makes requests to one bucket.
     *
     * @param bucket its URL, to which a slash and the key are added
     */
    S3Puts(URI bucket, String region, AwsCredentialsProvider credentials, SdkAsyncHttpClient http) {
        this.bucket = bucket;
        this.bucketPath = bucket.getRawPath().replaceAll("/$", "");
        this.signer = new PayloadHashSigner(region);
        this.credentials = credentials;
        this.http = http;
    }

    /** See {@link ObjectStore#put}. */
    CompletableFuture<Void> put(StoredObject object, byte[] bytes) {
        SdkHttpRequest.Builder request = request(object.key(), bytes).putHeader("Content-Type", object.contentType());
        object.metadata().forEach((name, value) -> request.putHeader("x-amz-meta-" + name, value));
        return send("PUT", request, bytes, object.sha256(), etag -> null);
    }

    /** See {@link ObjectStore#putPart}. */
    CompletableFuture<String> putPart(String key, String uploadId, int number, byte[] bytes, String sha256) {
        SdkHttpRequest.Builder request = request(key, bytes)
                .putRawQueryParameter("partNumber", Integer.toString(number))
                .putRawQueryParameter("uploadId", uploadId);
        return send("UploadPart " + number, request, bytes, sha256, etag -> etag);
    }

    private SdkHttpRequest.Builder request(String key, byte[] bytes) {
        return SdkHttpRequest.builder()
                .method(SdkHttpMethod.PUT)
                .protocol(bucket.getScheme())
                .host(bucket.getHost())
                .port(bucket.getPort() < 0 ? null : bucket.getPort())
                .encodedPath(bucketPath + '/' + SdkHttpUtils.urlEncodeIgnoreSlashes(key))
                .putHeader("User-Agent", USER_AGENT)
                .putHeader("Content-Length", Integer.toString(bytes.length));
    }

    private <T> CompletableFuture<T> send(
            String operation,
            SdkHttpRequest.Builder unsigned,
            byte[] bytes,
            String sha256,
            Function<String, T> result) {
        PutAnswer answer = new PutAnswer(operation);
        try {
            SdkHttpRequest request =
                    signer.sign(unsigned.build(), sha256, credentials.resolveCredentials(), Instant.now());
            answer.sent(http.execute(AsyncExecuteRequest.builder()
                    .request(request)
                    .requestContentPublisher(new PutBody(bytes))
                    .responseHandler(answer)
                    .build()));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(S3Faults.of(operation, e));
        }
        return new StoreRequest<>(operation, answer, result);
    }
}
