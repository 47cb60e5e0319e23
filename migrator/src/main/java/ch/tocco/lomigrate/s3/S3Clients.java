package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.config.CaBundle;
import ch.tocco.lomigrate.config.HttpProxy;
import ch.tocco.lomigrate.config.S3Config;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.crt.CRT;
import software.amazon.awssdk.crt.CrtResource;
import software.amazon.awssdk.crt.CrtRuntimeException;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.crt.AwsCrtAsyncHttpClient;
import software.amazon.awssdk.http.crt.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointProvider;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/** Builds the S3 client from {@link S3Config}. */
final class S3Clients {
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration THREADS_END = Duration.ofSeconds(1);

    /** Far longer than it takes, where it is not a test that has left something open. */
    private static final Duration ENDING_TAKES = Duration.ofSeconds(10);

    private static int stores; // guarded by this class
    private static Thread ending; // guarded by this class; null: no last store has been closed yet

    private S3Clients() {}

    /**
     * Loads the native library of the HTTP client, from {@code java.library.path}, where the launcher has it, or
     * unpacked into {@code java.io.tmpdir}.
     *
     * @throws IllegalStateException if that is impossible; the message says what is needed
     */
    static void loadNativeLibrary() {
        try {
            CRT.checkLoaded();
        } catch (CrtRuntimeException | LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(
                    "the native library of the HTTP client cannot be loaded: " + cause.getMessage()
                            + "; it needs Linux with glibc on x86_64 or aarch64, and to be started by bin/lo-migrate",
                    e);
        }
    }

    /** Makes a client for what {@link S3Requests} does not send itself. Closing it leaves {@code http} open. */
    static S3AsyncClient create(S3Config config, AwsCredentialsProvider credentials, SdkAsyncHttpClient http) {
        return S3AsyncClient.builder()
                .httpClient(http)
                .endpointOverride(config.endpoint())
                .region(Region.of(config.region()))
                .forcePathStyle(!config.virtualHosted())
                // These are about Amazon's own endpoints: with another one the client refuses what the environment may
                // set.
                .dualstackEnabled(false)
                .fipsEnabled(false)
                .credentialsProvider(credentials)
                // The SDK's default CRC32 trailer is refused or ignored outside AWS.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                // A round trip for nothing, and some servers close the connection on it.
                .serviceConfiguration(s3 -> s3.expectContinueEnabled(false))
                .overrideConfiguration(all -> all.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .asyncConfiguration(async -> async.advancedOption(
                        // Callbacks are short and never block: a thread switch would cost more than they do.
                        SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run))
                .build();
    }

    /**
     * Makes an HTTP client.
     *
     * @param connections most requests at once
     * @param stalled a connection that moves less than a byte per second for this long while a request is on it is
     *     given up
     * @param proxy what it goes through; empty: nothing, whatever the environment says
     * @param authorities that servers' certificates may come from; empty: the system's
     */
    static SdkAsyncHttpClient http(
            int connections, Duration stalled, Optional<HttpProxy> proxy, Optional<CaBundle> authorities) {
        if (authorities.isPresent()) {
            return new TrustedHttp(connections, stalled, proxy, authorities.get()).async();
        }
        return AwsCrtAsyncHttpClient.builder()
                .maxConcurrency(connections)
                .connectionTimeout(CONNECT_TIMEOUT)
                .proxyConfiguration(proxyConfiguration(proxy))
                .connectionHealthConfiguration(
                        health -> health.minimumThroughputInBps(1L).minimumThroughputTimeout(stalled))
                .build();
    }

    static ProxyConfiguration proxyConfiguration(Optional<HttpProxy> proxy) {
        ProxyConfiguration.Builder builder =
                ProxyConfiguration.builder().useEnvironmentVariableValues(false).useSystemPropertyValues(false);
        proxy.ifPresent(p -> builder.scheme(p.scheme()).host(p.host()).port(p.port()));
        proxy.flatMap(HttpProxy::login)
                .ifPresent(login -> builder.username(login.user()).password(login.password()));
        return builder.build();
    }

    /**
     * A store begins that will use native threads, which all stores of this JVM share. Waits where those of the last store
     * are just ending: one that begins meanwhile would be given what is closed a moment later.
     */
    static synchronized void beginThreads() {
        if (ending != null) {
            join(ending, ENDING_TAKES);
        }
        stores++;
    }

    /**
     * A store has closed all that it had. The last one lets go of the native threads and waits for their end, {@link
     * #THREADS_END} at most. A JVM that exits with one of them still at work stands still for
     * 0.3 seconds, as it waits for threads in native code, or for 1.3, as the CRT then waits for a thread that waits for
     * the JVM.
     */
    static void endThreads() {
        Thread last;
        synchronized (S3Clients.class) {
            stores--;
            if (stores > 0) {
                return;
            }
            // on a thread of its own: the CRT's wait takes a minute and cannot be interrupted
            last = new Thread(CrtResource::waitForNoResources, "native-threads-end");
            last.setDaemon(true);
            last.start();
            ending = last;
        }
        join(last, THREADS_END);
    }

    private static void join(Thread thread, Duration most) {
        try {
            thread.join(most.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The URL of the bucket, as the SDK makes it: with path style, or by its rules for virtual hosting. */
    static URI bucketUrl(S3Config config) {
        if (!config.virtualHosted()) { // loading the rules takes 30 ms
            String endpoint = config.endpoint().toString().replaceAll("/$", "");
            return URI.create(endpoint + '/' + SdkHttpUtils.urlEncode(config.bucket()));
        }
        return S3EndpointProvider.defaultProvider()
                .resolveEndpoint(bucket -> bucket.bucket(config.bucket())
                        .region(Region.of(config.region()))
                        .endpoint(config.endpoint().toString())
                        .forcePathStyle(!config.virtualHosted()))
                .join()
                .endpointUrl()
                .toUri();
    }

    /** The keys of the configuration, or where there are none, what the AWS default credential chain finds. */
    static AwsCredentialsProvider credentials(S3Config config) {
        return config.keys()
                .<AwsCredentialsProvider>map(keys -> StaticCredentialsProvider.create(credentials(keys)))
                .or(() -> config.webIdentity().map(identity -> new WebIdentityCredentials(identity, config.caBundle())))
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }

    private static AwsCredentials credentials(S3Config.Keys keys) {
        return keys.sessionToken()
                .<AwsCredentials>map(token -> AwsSessionCredentials.create(keys.accessKey(), keys.secretKey(), token))
                .orElseGet(() -> AwsBasicCredentials.create(keys.accessKey(), keys.secretKey()));
    }
}
