package ch.tocco.lomigrate.storer;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * Signs requests whose payload hash is already known. The signature covers the hash, so the store verifies the bytes that
 * it receives, and nothing is hashed twice: the SDK's signer would read the payload again.
 *
 * <p>Signature Version 4 as in "Authenticating Requests: Using the Authorization Header" of the Amazon S3 API
 * reference. Thread-safe.
 */
final class PayloadHashSigner {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String SERVICE = "s3";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final HexFormat HEX = HexFormat.of();

    private final String region;
    private volatile SigningKey lastKey;

    /**
     * Makes a signer.
     *
     * @param region that the signatures are for
     */
    PayloadHashSigner(String region) {
        this.region = region;
    }

    /**
     * Adds the signature and the headers that it needs.
     *
     * @param payloadHash SHA-256 of the body in lower-case hexadecimal
     */
    SdkHttpRequest sign(SdkHttpRequest request, String payloadHash, AwsCredentialsIdentity identity, Instant now) {
        String time = TIME.format(now);
        SdkHttpRequest.Builder signed =
                request.toBuilder().putHeader("X-Amz-Date", time).putHeader("x-amz-content-sha256", payloadHash);
        if (signed.firstMatchingHeader("Host").isEmpty()) {
            signed.putHeader("Host", hostHeader(request));
        }
        if (identity instanceof AwsSessionCredentialsIdentity session) {
            signed.putHeader("X-Amz-Security-Token", session.sessionToken());
        }
        String scope = time.substring(0, 8) + '/' + region + '/' + SERVICE + "/aws4_request";
        Map<String, String> headers = headersToSign(signed.headers());
        String signedHeaders = String.join(";", headers.keySet());
        String canonical = canonicalRequest(request, headers, signedHeaders, payloadHash);
        String toSign = ALGORITHM + '\n' + time + '\n' + scope + '\n' + HEX.formatHex(sha256(canonical));
        String signature = HEX.formatHex(hmac(signingKey(identity.secretAccessKey(), scope), toSign));
        return signed.putHeader(
                        "Authorization",
                        ALGORITHM + " Credential=" + identity.accessKeyId() + '/' + scope + ", SignedHeaders="
                                + signedHeaders + ", Signature=" + signature)
                .build();
    }

    private static String hostHeader(SdkHttpRequest request) {
        return SdkHttpUtils.isUsingStandardPort(request.protocol(), request.port())
                ? request.host()
                : request.host() + ':' + request.port();
    }

    /** Host, content type, and all of Amazon's own: what the signature must cover; names in lower case, in order. */
    private static Map<String, String> headersToSign(Map<String, List<String>> headers) {
        Map<String, String> toSign = new TreeMap<>();
        headers.forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.equals("host") || lower.equals("content-type") || lower.startsWith("x-amz-")) {
                toSign.put(lower, collapsed(String.join(",", values)));
            }
        });
        return toSign;
    }

    /** Trimmed, and runs of blanks made one blank, as the canonical form wants it. */
    private static String collapsed(String value) {
        String trimmed = value.strip();
        return trimmed.contains("  ") ? trimmed.replaceAll(" {2,}", " ") : trimmed;
    }

    private static String canonicalRequest(
            SdkHttpRequest request, Map<String, String> headers, String signedHeaders, String payloadHash) {
        StringBuilder canonical = new StringBuilder(512)
                .append(request.method())
                .append('\n')
                .append(request.encodedPath())
                .append('\n')
                .append(canonicalQuery(request))
                .append('\n');
        headers.forEach((name, value) ->
                canonical.append(name).append(':').append(value).append('\n'));
        return canonical
                .append('\n')
                .append(signedHeaders)
                .append('\n')
                .append(payloadHash)
                .toString();
    }

    private static String canonicalQuery(SdkHttpRequest request) {
        if (request.numRawQueryParameters() == 0) {
            return "";
        }
        Map<String, String> encoded = new TreeMap<>();
        request.rawQueryParameters()
                .forEach((name, values) -> encoded.put(
                        SdkHttpUtils.urlEncode(name),
                        values.isEmpty() || values.get(0) == null ? "" : SdkHttpUtils.urlEncode(values.get(0))));
        StringBuilder query = new StringBuilder();
        encoded.forEach((name, value) -> query.append(query.length() == 0 ? "" : "&")
                .append(name)
                .append('=')
                .append(value));
        return query.toString();
    }

    /** The key is the same for all requests of a day. */
    private byte[] signingKey(String secret, String scope) {
        SigningKey known = lastKey;
        if (known == null || !known.scope.equals(scope) || !known.secret.equals(secret)) {
            byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
            for (String part : scope.split("/", -1)) {
                key = hmac(key, part);
            }
            known = new SigningKey(secret, scope, key);
            lastKey = known;
        }
        return known.key;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static final class SigningKey {
        final String secret;
        final String scope;
        final byte[] key;

        SigningKey(String secret, String scope, byte[] key) {
            this.secret = secret;
            this.scope = scope;
            this.key = key;
        }
    }
}
