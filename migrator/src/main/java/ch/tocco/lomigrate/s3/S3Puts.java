package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.config.ObjectSettings;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.StoredObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.crt.http.HttpHeader;
import software.amazon.awssdk.crt.http.HttpRequest;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * PutObject and UploadPart, the two requests that carry content, as plain HTTP requests. They are the bulk of a run, and
 * what the SDK's S3 client does around each request costs more than sending a small object; see PutBenchmark. They
 * also need a signature over a hash that is known beforehand, which that client has no way to be given. Thread-safe.
 */
final class S3Puts {
    private static final HttpHeader USER_AGENT = header("user-agent", "lo-migrate");

    private final String host;
    private final String bucketPath;
    private final PayloadHashSigner signer;
    private final AwsCredentialsProvider credentials;
    private final PutConnections connections;
    private final Map<String, String> settings;
    private volatile boolean compareEtags;
    private volatile boolean sendChecksums;

    /**
     * Makes requests to one bucket.
     *
     * @param bucket its URL, to which a slash and the key are added
     * @param connections to the server of that URL
     * @param settings of each object; parts have those of their upload
     */
    S3Puts(
            URI bucket,
            String region,
            AwsCredentialsProvider credentials,
            PutConnections connections,
            ObjectSettings settings) {
        this.host = hostHeader(bucket);
        this.bucketPath = bucket.getRawPath().replaceAll("/$", "");
        this.signer = new PayloadHashSigner(region);
        this.credentials = credentials;
        this.connections = connections;
        this.settings = headers(settings);
    }

    private static Map<String, String> headers(ObjectSettings settings) {
        Map<String, String> headers = new HashMap<>();
        settings.storageClass().ifPresent(name -> headers.put("x-amz-storage-class", name));
        settings.encryption().ifPresent(encryption -> {
            headers.put("x-amz-server-side-encryption", encryption.algorithm());
            encryption.kmsKey().ifPresent(key -> headers.put("x-amz-server-side-encryption-aws-kms-key-id", key));
        });
        if (!settings.tags().isEmpty()) {
            headers.put("x-amz-tagging", tagging(settings));
        }
        return Map.copyOf(headers);
    }

    /** As a query of a URL, which is how S3 wants tags in a header; null where there are none. */
    static String tagging(ObjectSettings settings) {
        return settings.tags().isEmpty()
                ? null
                : settings.tags().entrySet().stream()
                        .map(tag -> SdkHttpUtils.urlEncode(tag.getKey()) + '=' + SdkHttpUtils.urlEncode(tag.getValue()))
                        .collect(Collectors.joining("&"));
    }

    /** As clients send it: without the port where that is the scheme's own. */
    static String hostHeader(URI url) {
        boolean usual = url.getPort() < 0 || SdkHttpUtils.isUsingStandardPort(url.getScheme(), url.getPort());
        return usual ? url.getHost() : url.getHost() + ':' + url.getPort();
    }

    /** See {@link ObjectStore#compareEtags}. */
    void compareEtags() {
        compareEtags = true;
    }

    /** See {@link ObjectStore#sendChecksums}. */
    void sendChecksums() {
        sendChecksums = true;
    }

    /** See {@link ObjectStore#put}. */
    CompletableFuture<String> put(StoredObject object, Content content) {
        PutHeaders headers = new PutHeaders().add("content-type", object.contentType());
        if (!object.disposition().isEmpty()) {
            headers.add("content-disposition", object.disposition());
        }
        if (object.ifAbsent()) {
            headers.add("if-none-match", "*");
        }
        object.metadata().forEach((name, value) -> headers.add("x-amz-meta-" + name, value));
        settings.forEach(headers::add);
        return send("PUT", object.key().text(), "", headers, content, object.sha256());
    }

    /** See {@link ObjectStore#putPart}. */
    CompletableFuture<String> putPart(String key, String uploadId, int number, Content content, String sha256) {
        String query = "partNumber=" + number + "&uploadId=" + SdkHttpUtils.urlEncode(uploadId);
        return send("UploadPart " + number, key, query, new PutHeaders(), content, sha256);
    }

    private CompletableFuture<String> send(
            String operation, String key, String query, PutHeaders headers, Content content, String sha256) {
        try {
            String path = bucketPath + '/' + SdkHttpUtils.urlEncodeIgnoreSlashes(key);
            headers.add("host", host);
            if (sendChecksums) {
                headers.add("x-amz-checksum-sha256", base64(sha256));
            }
            String authorization =
                    signer.sign(path, query, headers, sha256, credentials.resolveCredentials(), Instant.now());
            HttpHeader[] all = headers.with(
                    USER_AGENT,
                    header("content-length", Long.toString(content.length())),
                    header("authorization", authorization));
            String target = query.isEmpty() ? path : path + '?' + query;
            PutBody body = new PutBody(content, compareEtags ? new SentBytes(sha256) : null);
            return connections.send(operation, new HttpRequest("PUT", target, all, body), body);
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(S3Faults.of(operation, e));
        }
    }

    /** As checksum headers want a hash (Amazon S3 User Guide, checking object integrity). */
    static String base64(String sha256) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256));
    }

    private static HttpHeader header(String name, String value) {
        return new HttpHeader(name.getBytes(StandardCharsets.US_ASCII), value.getBytes(StandardCharsets.US_ASCII));
    }
}
