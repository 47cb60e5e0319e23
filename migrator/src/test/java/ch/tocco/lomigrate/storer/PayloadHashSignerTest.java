package ch.tocco.lomigrate.storer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/** Compared with the SDK's own signer, which hashes the payload itself. */
final class PayloadHashSignerTest {
    private static final byte[] PAYLOAD = "some payload".getBytes(StandardCharsets.US_ASCII);
    private static final AwsCredentialsIdentity KEYS = AwsCredentialsIdentity.create("access", "secret/+=");
    private static final Clock NEW_YEAR = Clock.fixed(Instant.parse("2026-12-31T23:59:59Z"), ZoneOffset.UTC);

    private final AwsV4HttpSigner sdk = AwsV4HttpSigner.create();
    private final PayloadHashSigner signer = new PayloadHashSigner("eu-central-2");

    private static SdkHttpRequest.Builder request(String uri) {
        return SdkHttpFullRequest.builder().method(SdkHttpMethod.PUT).uri(URI.create(uri));
    }

    private SdkHttpRequest signedBySdk(SdkHttpRequest request, AwsCredentialsIdentity keys, Clock clock) {
        ContentStreamProvider payload = () -> new ByteArrayInputStream(PAYLOAD);
        return sdk.sign(SignRequest.builder(keys)
                        .request(request)
                        .payload(payload)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-central-2")
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4FamilyHttpSigner.NORMALIZE_PATH, false)
                        .putProperty(HttpSigner.SIGNING_CLOCK, clock)
                        .build())
                .request();
    }

    private SdkHttpRequest signed(SdkHttpRequest.Builder request, AwsCredentialsIdentity keys, Clock clock) {
        return signer.sign(request.build(), ObjectStoreContract.sha256(PAYLOAD), keys, clock.instant());
    }

    private void assertSameAsSdk(SdkHttpRequest.Builder request) {
        assertSameAsSdk(request, KEYS);
    }

    private void assertSameAsSdk(SdkHttpRequest.Builder request, AwsCredentialsIdentity keys) {
        var expected = signedBySdk(request.copy().build(), keys, NEW_YEAR);
        var actual = signed(request.copy(), keys, NEW_YEAR);
        for (String header :
                new String[] {"Authorization", "X-Amz-Date", "x-amz-content-sha256", "Host", "X-Amz-Security-Token"}) {
            assertThat(actual.firstMatchingHeader(header)).as(header).isEqualTo(expected.firstMatchingHeader(header));
        }
        assertThat(actual.firstMatchingHeader("Authorization").orElseThrow()).contains("Signature=");
        assertThat(actual.encodedPath()).isEqualTo(expected.encodedPath());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://s3.example.com/bucket/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "http://127.0.0.1:9000/bucket/key",
                "http://s3.example.com:80/bucket/key",
                "https://s3.example.com:443/bucket/key",
                "https://bucket.s3.example.com/key",
                "http://[::1]:9000/bucket/key",
                "https://s3.example.com/bucket/a%20b%2Bc%26d%3De%C3%BC~_-.%25/x//y",
                "https://s3.example.com/bucket/..%2Fkey",
            })
    void signsLikeTheSdkWhateverTheAddress(String uri) {
        assertSameAsSdk(request(uri));
    }

    @Test
    void signsQueryParametersOfParts() {
        assertSameAsSdk(request("https://s3.example.com/bucket/key")
                .putRawQueryParameter("uploadId", "2~a+b/c=d e&f")
                .putRawQueryParameter("partNumber", "10000"));
    }

    @Test
    void signsQueryParametersWithoutValue() {
        assertSameAsSdk(request("https://s3.example.com/bucket/key")
                .putRawQueryParameter("uploads", (String) null)
                .putRawQueryParameter("a-b", "")
                .putRawQueryParameter("a b", "1"));
    }

    @Test
    void signsContentTypeAndMetadata() {
        assertSameAsSdk(request("https://s3.example.com/bucket/key")
                .putHeader("Content-Type", "text/html;  charset=utf-8")
                .putHeader("x-amz-meta-sha1", "a9993e364706816aba3e25717850c26c9cd0d89d")
                .putHeader("X-Amz-Meta-Text", "  two  blanks   and more ")
                .putHeader("x-amz-meta-empty", ""));
    }

    @Test
    void signsSessionToken() {
        assertSameAsSdk(
                request("https://s3.example.com/bucket/key"),
                AwsSessionCredentialsIdentity.create("access", "secret", "token+/="));
    }

    @Test
    void leavesOtherHeadersUnsigned() {
        var plain = signed(request("https://s3.example.com/b/k"), KEYS, NEW_YEAR);
        var more = signed(
                request("https://s3.example.com/b/k")
                        .putHeader("User-Agent", "x")
                        .putHeader("Content-Length", "12"),
                KEYS,
                NEW_YEAR);
        assertThat(more.firstMatchingHeader("Authorization")).isEqualTo(plain.firstMatchingHeader("Authorization"));
    }

    @Test
    void changesTheKeyWithTheDayAndTheSecret() {
        assertSameAsSdk(request("https://s3.example.com/b/k"));
        assertSameAsSdk(request("https://s3.example.com/b/k"), AwsCredentialsIdentity.create("access", "another"));
        var midnight = Clock.fixed(Instant.parse("2027-01-01T00:00:00Z"), ZoneOffset.UTC);
        var expected = signedBySdk(request("https://s3.example.com/b/k").build(), KEYS, midnight);
        var actual = signed(request("https://s3.example.com/b/k"), KEYS, midnight);
        assertThat(actual.firstMatchingHeader("Authorization"))
                .isEqualTo(expected.firstMatchingHeader("Authorization"));
    }
}
