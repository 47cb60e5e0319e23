package ch.tocco.lomigrate.benchmarks.put;

import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.store.StoredObject;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.http.crt.AwsCrtAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * The SDK's S3 client at its best: over the CRT's HTTP client, without checksums, retries, copies, thread switches, and
 * without a signature, which costs more or less depending on who makes it. Thread-safe.
 */
public final class SdkPuts implements AutoCloseable {
    private final S3AsyncClient client;
    private final String bucket;

    /**
     * Opens no connection yet.
     *
     * @param inFlight most requests at once
     */
    public SdkPuts(S3Config config, int inFlight) {
        this.bucket = config.bucket();
        this.client = S3AsyncClient.builder()
                .httpClientBuilder(AwsCrtAsyncHttpClient.builder().maxConcurrency(inFlight))
                .endpointOverride(config.endpoint())
                .region(Region.of(config.region()))
                .forcePathStyle(true)
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .serviceConfiguration(s3 -> s3.expectContinueEnabled(false))
                .overrideConfiguration(all -> all.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .asyncConfiguration(async ->
                        async.advancedOption(SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run))
                .build();
    }

    /** Stores the bytes with the object's type and metadata. */
    public CompletableFuture<?> put(StoredObject object, byte[] bytes) {
        return client.putObject(
                put -> put.bucket(bucket)
                        .key(object.key().text())
                        .contentType(object.contentType())
                        .metadata(object.metadata()),
                AsyncRequestBody.fromBytesUnsafe(bytes));
    }

    @Override
    public void close() {
        client.close();
    }
}
