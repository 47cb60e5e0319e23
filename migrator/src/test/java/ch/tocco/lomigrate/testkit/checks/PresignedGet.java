package ch.tocco.lomigrate.testkit.checks;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * GETs of objects by the JDK's client, with URLs that the SDK has signed. Checks read thousands of objects, and the SDK's
 * own client takes four times as much processor time for each. Safe for use by several threads.
 */
final class PresignedGet implements AutoCloseable {
    private static final String METADATA = "x-amz-meta-";
    private static final Duration VALID = Duration.ofMinutes(10);
    private static final int TIMEOUT_MILLIS = 60_000;

    private final S3Presigner presigner;
    private final String bucket;

    PresignedGet(URI endpoint, String accessKey, String secretKey, String bucket) {
        this.bucket = bucket;
        this.presigner = S3Presigner.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
                .build();
    }

    /** Asks for the object; the answer is closed by the caller. */
    HttpURLConnection open(String key) throws IOException {
        var signed = presigner.presignGetObject(presign -> presign.signatureDuration(VALID)
                .getObjectRequest(get -> get.bucket(bucket).key(key)));
        var connection = (HttpURLConnection) signed.url().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
            throw new IOException("GET " + key + ": " + connection.getResponseCode() + " " + error(connection));
        }
        return connection;
    }

    private static String error(HttpURLConnection connection) throws IOException {
        try (InputStream body = connection.getErrorStream()) {
            return body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The user metadata of an answer; names are lower case. */
    static Map<String, String> metadata(HttpURLConnection answer) {
        var metadata = new TreeMap<String, String>();
        answer.getHeaderFields().forEach((name, values) -> {
            if (name != null && name.toLowerCase(Locale.ROOT).startsWith(METADATA)) {
                metadata.put(name.substring(METADATA.length()).toLowerCase(Locale.ROOT), String.join(",", values));
            }
        });
        return metadata;
    }

    @Override
    public void close() {
        presigner.close();
    }
}
