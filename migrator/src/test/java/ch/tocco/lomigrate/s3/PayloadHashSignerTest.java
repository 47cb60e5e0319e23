package ch.tocco.lomigrate.s3;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.store.ObjectStoreContract;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    private static final Instant NEW_YEAR = Instant.parse("2026-12-31T23:59:59Z");

    private final AwsV4HttpSigner sdk = AwsV4HttpSigner.create();
    private final PayloadHashSigner signer = new PayloadHashSigner("eu-central-2");

    /** One request, as the SDK's signer and as ours takes it. */
    private static final class Request {
        private final URI uri;
        private final SdkHttpRequest.Builder sdk;
        private final SignedHeaders headers = new SignedHeaders();
        private final SdkHttpMethod method;

        Request(String uri) {
            this(SdkHttpMethod.PUT, uri);
        }

        Request(SdkHttpMethod method, String uri) {
            this.method = method;
            this.uri = URI.create(uri);
            this.sdk = SdkHttpFullRequest.builder().method(method).uri(this.uri);
            headers.add("host", S3Requests.hostHeader(this.uri));
        }

        Request with(String name, String value) {
            sdk.putHeader(name, value);
            headers.add(name, value);
            return this;
        }
    }

    private SdkHttpRequest signedBySdk(Request request, AwsCredentialsIdentity keys, Instant now) {
        ContentStreamProvider payload = () -> new ByteArrayInputStream(PAYLOAD);
        return sdk.sign(SignRequest.builder(keys)
                        .request(request.sdk.build())
                        .payload(payload)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-central-2")
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4FamilyHttpSigner.NORMALIZE_PATH, false)
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(now, ZoneOffset.UTC))
                        .build())
                .request();
    }

    private void assertSameAsSdk(Request request) {
        assertSameAsSdk(request, KEYS, NEW_YEAR);
    }

    private void assertSameAsSdk(Request request, AwsCredentialsIdentity keys, Instant now) {
        var expected = signedBySdk(request, keys, now);
        String query = request.uri.getRawQuery() == null ? "" : request.uri.getRawQuery();
        String authorization = signer.sign(
                request.method.name(),
                request.uri.getRawPath(),
                query,
                request.headers,
                ObjectStoreContract.sha256(PAYLOAD),
                keys,
                now);
        assertThat(authorization)
                .isEqualTo(expected.firstMatchingHeader("Authorization").orElseThrow());
        var headers = new TreeMap<String, String>();
        request.headers.forEach(headers::put);
        for (String name : new String[] {"X-Amz-Date", "x-amz-content-sha256", "Host", "X-Amz-Security-Token"}) {
            assertThat(Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT))))
                    .as(name)
                    .isEqualTo(expected.firstMatchingHeader(name));
        }
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
        assertSameAsSdk(new Request(uri));
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, http://127.0.0.1:9000/bucket",
        "HEAD, https://bucket.s3.test/",
        "DELETE, http://127.0.0.1:9000/bucket/key",
        "GET, http://127.0.0.1:9000/bucket?key-marker=a%2Fb%20c&prefix=p&upload-id-marker=1~2&uploads="
    })
    void otherRequestsAreSignedAsTheSdkSignsThem(SdkHttpMethod method, String uri) {
        assertSameAsSdk(new Request(method, uri));
    }

    @Test
    void signsQueryParametersOfParts() {
        assertSameAsSdk(
                new Request("https://s3.example.com/bucket/key?partNumber=10000&uploadId=2~a%2Bb%2Fc%3Dd%20e%26f"));
    }

    @Test
    void signsContentTypeAndMetadata() {
        assertSameAsSdk(new Request("https://s3.example.com/bucket/key")
                .with("x-amz-meta-text", "  two  blanks   and more ")
                .with("x-amz-meta-sha1", "a9993e364706816aba3e25717850c26c9cd0d89d")
                .with("content-type", "text/html;  charset=utf-8")
                .with("x-amz-meta-empty", ""));
    }

    @Test
    void signsSessionToken() {
        assertSameAsSdk(
                new Request("https://s3.example.com/bucket/key"),
                AwsSessionCredentialsIdentity.create("access", "secret", "token+/="),
                NEW_YEAR);
    }

    @Test
    void changesTheKeyWithTheDayAndTheSecret() {
        String uri = "https://s3.example.com/b/k";
        assertSameAsSdk(new Request(uri));
        assertSameAsSdk(new Request(uri), AwsCredentialsIdentity.create("access", "another"), NEW_YEAR);
        assertSameAsSdk(new Request(uri), AwsCredentialsIdentity.create("other", "another"), NEW_YEAR);
        assertSameAsSdk(new Request(uri), KEYS, Instant.parse("2027-01-01T00:00:00Z"));
        assertSameAsSdk(new Request(uri), KEYS, Instant.parse("2026-12-31T23:59:58.999Z"));
    }

    @Test
    void signsTheSameOnManyThreads() {
        IntStream.range(0, 1000).parallel().forEach(i -> {
            var keys = AwsCredentialsIdentity.create("access", "secret" + i % 3);
            assertSameAsSdk(new Request("https://s3.example.com/bucket/key" + i), keys, NEW_YEAR.minusSeconds(i % 5));
        });
    }
}
