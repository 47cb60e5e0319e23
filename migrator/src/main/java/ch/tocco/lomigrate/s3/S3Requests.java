package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.config.ObjectSettings;
import ch.tocco.lomigrate.http.Connections;
import ch.tocco.lomigrate.store.Content;
import ch.tocco.lomigrate.store.ObjectStore;
import ch.tocco.lomigrate.store.ObjectStore.Found;
import ch.tocco.lomigrate.store.StoreException;
import ch.tocco.lomigrate.store.StoredObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.crt.http.HttpHeader;
import software.amazon.awssdk.crt.http.HttpRequest;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * Plain HTTP requests to one bucket, signed here: those that carry content, and the small ones that each run sends. What
 * the SDK's S3 client does around a PUT costs more than sending a small object, see PutBenchmark, and it has no way to be
 * given a hash that is known beforehand. Loading that client takes half a second, so a run without large objects does
 * without. Thread-safe.
 */
final class S3Requests {
    private static final HttpHeader USER_AGENT = header("user-agent", "lo-migrate");

    /** SHA-256 of a request without a body. */
    private static final String NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private final String host;
    private final String bucketPath;
    private final PayloadHashSigner signer;
    private final AwsCredentialsProvider credentials;
    private final Connections connections;
    private final Map<String, String> settings;
    private volatile boolean compareEtags;
    private volatile boolean sendChecksums;
    private volatile String server = "";

    /**
     * Makes requests to one bucket.
     *
     * @param bucket its URL, to which a slash and the key are added
     * @param connections to the server of that URL
     * @param settings of each object; parts have those of their upload
     */
    S3Requests(
            URI bucket,
            String region,
            AwsCredentialsProvider credentials,
            Connections connections,
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
        SignedHeaders headers = new SignedHeaders().add("content-type", object.contentType());
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
        return send("UploadPart " + number, key, query, new SignedHeaders(), content, sha256);
    }

    private CompletableFuture<String> send(
            String operation, String key, String query, SignedHeaders headers, Content content, String sha256) {
        try {
            if (sendChecksums) {
                headers.add("x-amz-checksum-sha256", base64(sha256));
            }
            PutBody body = new PutBody(content, compareEtags ? new SentBytes(sha256) : null);
            HttpHeader length = header("content-length", Long.toString(content.length()));
            return send(operation, request("PUT", path(key), query, headers, sha256, body, length), body, answer -> {
                String etag = etag(answer);
                Optional<StoreException> wrong = body.compare(operation, etag);
                if (wrong.isPresent()) {
                    throw wrong.get();
                }
                return etag;
            });
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(S3Faults.of(operation, e));
        }
    }

    /** Every S3 server gives an ETag, and no other server does: a captive proxy says 200 to a PUT that it has dropped. */
    private static String etag(PlainAnswer<?> answer) throws StoreException {
        String etag = answer.header("ETag");
        if (etag.isBlank()) {
            throw S3Faults.without("an ETag", answer.operation(), answer.status());
        }
        return etag;
    }

    /** See {@link ObjectStore#headBucket}. */
    CompletableFuture<Void> headBucket() {
        try {
            credentials.resolveCredentials(); // where there are none, there will be none later
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(S3Faults.ofFirst("HeadBucket", e));
        }
        return ask("HeadBucket", "HEAD", bucketPath.isEmpty() ? "/" : bucketPath, "", answer -> {
            server = answer.header("server");
            return null;
        });
    }

    /** See {@link ObjectStore#server}. */
    String server() {
        return server;
    }

    /** See {@link ObjectStore#find}; an object that is not there is a failure with status 404. */
    CompletableFuture<Found> head(String key) {
        return ask("HEAD", "HEAD", path(key), "", answer -> {
            return new Found(
                    length(answer),
                    orNull(answer.header("x-amz-meta-sha256")),
                    orNull(answer.header("ETag")),
                    orNull(answer.header("x-amz-server-side-encryption")),
                    orNull(answer.header("x-amz-storage-class")));
        });
    }

    private static String orNull(String header) {
        return header.isEmpty() ? null : header;
    }

    private static long length(PlainAnswer<?> answer) throws StoreException {
        try {
            return Long.parseLong(answer.header("content-length").strip());
        } catch (NumberFormatException e) {
            throw S3Faults.without("a Content-Length", answer.operation(), answer.status());
        }
    }

    /** See {@link ObjectStore#delete}. */
    CompletableFuture<Void> delete(String key) {
        return ask("DELETE", "DELETE", path(key), "", answer -> null);
    }

    /**
     * One page of {@link ObjectStore#listUploads}.
     *
     * @param after where the page before ended; null: the first page
     */
    CompletableFuture<UploadsPage> listUploads(String prefix, UploadsPage.End after) {
        String query = parameter("key-marker", after == null ? "" : after.key())
                + parameter("prefix", prefix)
                + parameter("upload-id-marker", after == null ? "" : after.uploadId())
                + "uploads=";
        return ask("ListMultipartUploads", "GET", bucketPath.isEmpty() ? "/" : bucketPath, query, UploadsPage::of);
    }

    private static String parameter(String name, String value) {
        return value == null || value.isEmpty() ? "" : name + '=' + SdkHttpUtils.urlEncode(value) + '&';
    }

    private <T> CompletableFuture<T> ask(
            String operation, String method, String path, String query, PlainAnswer.Meaning<T> meaning) {
        try {
            return send(operation, request(method, path, query, new SignedHeaders(), NOTHING, null), null, meaning);
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(S3Faults.of(operation, e));
        }
    }

    private <T> PlainAnswer<T> send(
            String operation, HttpRequest request, PutBody body, PlainAnswer.Meaning<T> meaning) {
        return new PlainAnswer<>(operation, body, connections, meaning).send(request);
    }

    private String path(String key) {
        return bucketPath + '/' + (isPlain(key) ? key : SdkHttpUtils.urlEncodeIgnoreSlashes(key));
    }

    /** Whether encoding changes nothing, as with each SHA-256: encoding takes a tenth of what this thread does for a PUT. */
    private static boolean isPlain(String key) {
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/';
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    private HttpRequest request(
            String method,
            String path,
            String query,
            SignedHeaders headers,
            String sha256,
            PutBody body,
            HttpHeader... unsigned) {
        headers.add("host", host);
        String authorization =
                signer.sign(method, path, query, headers, sha256, credentials.resolveCredentials(), Instant.now());
        HttpHeader[] more = Arrays.copyOf(unsigned, unsigned.length + 2);
        more[unsigned.length] = USER_AGENT;
        more[unsigned.length + 1] = header("authorization", authorization);
        String target = query.isEmpty() ? path : path + '?' + query;
        return new HttpRequest(method, target, headers.with(more), body);
    }

    /** As checksum headers want a hash (Amazon S3 User Guide, checking object integrity). */
    static String base64(String sha256) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256));
    }

    private static HttpHeader header(String name, String value) {
        return new HttpHeader(name.getBytes(StandardCharsets.US_ASCII), value.getBytes(StandardCharsets.US_ASCII));
    }
}
