package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.store.StoredObject;
import java.net.URI;
import java.time.Instant;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * Heads of PUTs with the tool's own signature, as text: for clients that are measured beside the tool's, which is to sign
 * no less and no more than they do. In this package because the signer is. Thread-safe.
 */
public final class SignedHeads {
    private final String host;
    private final String bucketPath;
    private final PayloadHashSigner signer;
    private final AwsCredentialsProvider credentials;

    /** Sends nothing. */
    public SignedHeads(S3Config config) {
        URI bucket = S3Clients.bucketUrl(config);
        this.host = S3Requests.hostHeader(bucket);
        this.bucketPath = bucket.getRawPath().replaceAll("/$", "");
        this.signer = new PayloadHashSigner(config.region());
        this.credentials = S3Clients.credentials(config);
    }

    /** Request line and headers, with the empty line behind them. */
    public String put(StoredObject object, long length) {
        String path = bucketPath
                + '/'
                + SdkHttpUtils.urlEncodeIgnoreSlashes(object.key().text());
        SignedHeaders headers =
                new SignedHeaders().add("content-type", object.contentType()).add("host", host);
        object.metadata().forEach((name, value) -> headers.add("x-amz-meta-" + name, value));
        String authorization =
                signer.sign("PUT", path, "", headers, object.sha256(), credentials.resolveCredentials(), Instant.now());
        StringBuilder head = new StringBuilder(1024);
        head.append("PUT ").append(path).append(" HTTP/1.1\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("content-length: ")
                .append(length)
                .append("\r\nuser-agent: lo-migrate\r\nauthorization: ")
                .append(authorization)
                .append("\r\n\r\n")
                .toString();
    }
}
