package ch.tocco.lomigrate.s3;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * Signs requests whose payload hash is already known. The signature covers the hash, so the store verifies the bytes that it
 * receives, and nothing is hashed twice: the SDK's signer would read the payload again.
 *
 * <p>Signature Version 4 as in "Authenticating Requests: Using the Authorization Header" of the Amazon S3 API
 * reference. Thread-safe; what is costly to make is kept, once for each thread that signs.
 */
final class PayloadHashSigner {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String SERVICE = "s3";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final HexFormat HEX = HexFormat.of();

    private final String region;
    private final ThreadLocal<Hashes> hashes = ThreadLocal.withInitial(Hashes::new);
    private volatile Second lastSecond = new Second(Instant.EPOCH);

    /**
     * Makes a signer.
     *
     * @param region that the signatures are for
     */
    PayloadHashSigner(String region) {
        this.region = region;
    }

    /**
     * Adds the headers that a signature needs.
     *
     * @param method of the request
     * @param path of the URL, encoded
     * @param query of the URL, encoded, its parameters in the order of their names, each with an equals sign; empty if there is none
     * @param headers all that are signed; those of the signature itself are added
     * @param payloadHash SHA-256 of the body in lower-case hexadecimal
     * @return the value of the header {@code Authorization}
     */
    String sign(
            String method,
            String path,
            String query,
            SignedHeaders headers,
            String payloadHash,
            AwsCredentialsIdentity identity,
            Instant now) {
        String time = time(now);
        headers.add("x-amz-content-sha256", payloadHash).add("x-amz-date", time);
        if (identity instanceof AwsSessionCredentialsIdentity session) {
            headers.add("x-amz-security-token", session.sessionToken());
        }
        String scope = time.substring(0, 8) + '/' + region + '/' + SERVICE + "/aws4_request";
        Hashes mine = hashes.get();
        StringBuilder names = new StringBuilder(128);
        StringBuilder canonical = mine.canonical;
        canonical.setLength(0);
        canonical
                .append(method)
                .append('\n')
                .append(path)
                .append('\n')
                .append(query)
                .append('\n');
        headers.forEach((name, value) -> {
            names.append(names.isEmpty() ? "" : ";").append(name);
            canonical.append(name).append(':').append(collapsed(value)).append('\n');
        });
        canonical.append('\n').append(names).append('\n').append(payloadHash);
        String toSign = ALGORITHM + '\n' + time + '\n' + scope + '\n' + mine.sha256(canonical.toString());
        return ALGORITHM + " Credential=" + identity.accessKeyId() + '/' + scope + ", SignedHeaders=" + names
                + ", Signature=" + mine.hmac(identity.secretAccessKey(), scope, toSign);
    }

    /** Trimmed, and runs of blanks made one blank, as the canonical form wants it. */
    private static String collapsed(String value) {
        String trimmed = value.strip();
        return trimmed.contains("  ") ? trimmed.replaceAll(" {2,}", " ") : trimmed;
    }

    /** Thousands of requests have the same. */
    private String time(Instant now) {
        Second second = lastSecond;
        if (second.epochSecond != now.getEpochSecond()) {
            second = new Second(now);
            lastSecond = second;
        }
        return second.text;
    }

    private static final class Second {
        final long epochSecond;
        final String text;

        Second(Instant instant) {
            this.epochSecond = instant.getEpochSecond();
            this.text = TIME.format(instant);
        }
    }

    /**
     * One thread's hash functions, and room for the text that it hashes. The signing key is the same for all requests of a day:
     * the MAC keeps it.
     */
    private static final class Hashes {
        private final StringBuilder canonical = new StringBuilder(1024);
        private final MessageDigest sha256;
        private final Mac mac;
        private String keyedSecret = "";
        private String keyedScope = "";

        Hashes() {
            try {
                sha256 = MessageDigest.getInstance("SHA-256");
                mac = Mac.getInstance("HmacSHA256");
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java platform has SHA-256 and HmacSHA256", e);
            }
        }

        String sha256(String text) {
            return HEX.formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
        }

        String hmac(String secret, String scope, String text) {
            if (!keyedScope.equals(scope) || !keyedSecret.equals(secret)) {
                byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
                for (String part : scope.split("/", -1)) {
                    setKey(key);
                    key = mac.doFinal(part.getBytes(StandardCharsets.UTF_8));
                }
                setKey(key);
                keyedScope = scope;
                keyedSecret = secret;
            }
            return HEX.formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        }

        private void setKey(byte[] key) {
            try {
                mac.init(new SecretKeySpec(key, mac.getAlgorithm()));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("any key will do", e);
            }
        }
    }
}
