package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.config.CaBundle;
import ch.tocco.lomigrate.config.WebIdentity;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.crt.AwsCrtHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Keys from AWS's token service, asked for anew before they expire. The SDK's own chain would do the same with an HTTP
 * client that reads the proxy of the environment by other rules than ours. Thread-safe.
 */
final class WebIdentityCredentials implements AwsCredentialsProvider, SdkAutoCloseable {
    private static final Duration STALLED = Duration.ofSeconds(30);

    private final SdkHttpClient http;
    private final StsClient service;
    private final StsWebIdentityTokenFileCredentialsProvider provider;

    /**
     * Asks for nothing yet.
     *
     * @param authorities that the service's certificate may come from; empty: the system's
     */
    WebIdentityCredentials(WebIdentity identity, Optional<CaBundle> authorities) {
        http = authorities
                .map(trusted -> new TrustedHttp(1, STALLED, identity.proxy(), trusted).blocking())
                .orElseGet(() -> AwsCrtHttpClient.builder()
                        .maxConcurrency(1)
                        .connectionTimeout(S3Clients.CONNECT_TIMEOUT)
                        .proxyConfiguration(S3Clients.proxyConfiguration(identity.proxy()))
                        .build());
        service = StsClient.builder()
                .httpClient(http)
                .region(Region.of(identity.region()))
                .credentialsProvider(AnonymousCredentialsProvider.create())
                .build();
        provider = StsWebIdentityTokenFileCredentialsProvider.builder()
                .stsClient(service)
                .webIdentityTokenFile(identity.tokenFile())
                .roleArn(identity.roleArn())
                .roleSessionName(identity.sessionName())
                .build();
    }

    @Override
    public AwsCredentials resolveCredentials() {
        try {
            return provider.resolveCredentials();
        } catch (SdkException e) {
            // an answer of that service must not be taken for one of the store
            throw SdkClientException.create("no keys for " + WebIdentity.ROLE + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        provider.close();
        service.close();
        http.close();
    }
}
