package ch.tocco.lomigrate.benchmarks.put;

import ch.tocco.lomigrate.config.S3Config;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.http.crt.AwsCrtAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** The SDK's two clients that cut a file into parts themselves, with parts and connections alike. */
final class GiantClients {
    private static final long MIB = 1 << 20;

    /** Larger ones make neither faster, only their memory larger. */
    private static final long PART = 16 * MIB;

    /** As many as the tool has for giants. */
    private static final int CONNECTIONS = 8;

    /** The least that the CRT takes. */
    private static final long CRT_MEMORY = 1024 * MIB;

    private GiantClients() {}

    /**
     * The native client, which reads files itself. What it adds to each request it adds here, too: there is no setting
     * for {@code Expect: 100-continue}, and the sink answers to that as a store does.
     */
    static S3AsyncClient crt(S3Config config) {
        return S3AsyncClient.crtBuilder()
                .endpointOverride(config.endpoint())
                .region(Region.of(config.region()))
                .forcePathStyle(true)
                .credentialsProvider(credentials(config))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .minimumPartSizeInBytes(PART)
                .thresholdInBytes(PART)
                .maxConcurrency(CONNECTIONS)
                .maxNativeMemoryLimitInBytes(CRT_MEMORY)
                .build();
    }

    /** The client in Java, with the same HTTP client as the tool. */
    static S3AsyncClient java(S3Config config) {
        return S3AsyncClient.builder()
                .httpClientBuilder(AwsCrtAsyncHttpClient.builder().maxConcurrency(CONNECTIONS))
                .endpointOverride(config.endpoint())
                .region(Region.of(config.region()))
                .forcePathStyle(true)
                .credentialsProvider(credentials(config))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .serviceConfiguration(s3 -> s3.expectContinueEnabled(false))
                .multipartEnabled(true)
                .multipartConfiguration(parts -> parts.minimumPartSizeInBytes(PART)
                        .thresholdInBytes(PART)
                        .apiCallBufferSizeInBytes(CONNECTIONS * PART))
                .build();
    }

    private static StaticCredentialsProvider credentials(S3Config config) {
        S3Config.Keys keys = config.keys().orElseThrow();
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(keys.accessKey(), keys.secretKey()));
    }
}
