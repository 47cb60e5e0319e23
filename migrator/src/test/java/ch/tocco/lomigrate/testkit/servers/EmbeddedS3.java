package ch.tocco.lomigrate.testkit.servers;

import ch.tocco.lomigrate.testkit.checks.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * S3Proxy inside this JVM, on a free port: verifies AWS Signature Version 4, so a wrong key is refused as by a real
 * server. Keeps objects in memory or in a folder. Safe for use by several threads.
 */
public final class EmbeddedS3 implements S3Server, AutoCloseable {
    private static final String ACCESS_KEY = "embedded-access";
    private static final String LOOPBACK = "127.0.0.1";

    private final S3Proxy proxy;
    private final BlobStore store;
    private final String host;
    private final String path;

    private EmbeddedS3(BlobStore store, UnaryOperator<S3Proxy.Builder> more) throws IOException {
        this(store, more, LOOPBACK, "");
    }

    private EmbeddedS3(BlobStore store, UnaryOperator<S3Proxy.Builder> more, String host, String path)
            throws IOException {
        this.store = store;
        this.host = host;
        this.path = path;
        proxy = more.apply(S3Proxy.builder())
                .blobStore(store)
                .endpoint(URI.create("http://" + host + ":0"))
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, Secrets.SECRET_KEY)
                // A signed body is buffered up to this before it is verified; the default refuses large parts.
                .v4MaxNonChunkedRequestSize(1 << 30)
                .v4MaxChunkSize(1 << 30)
                .ignoreUnknownHeaders(true)
                .build();
        startProxy();
    }

    /** Starts a server that keeps everything in memory. */
    public static EmbeddedS3 start() throws IOException {
        return new EmbeddedS3(new TransientNio2BlobStore(), plain -> plain);
    }

    /**
     * Starts a server that also speaks https, see {@link #secureEndpoint}, with a {@link SelfSignedCertificate}.
     *
     * @param certificate directory that it was written to
     */
    public static EmbeddedS3 startSecure(Path certificate) throws IOException {
        String keys = certificate.resolve("server.p12").toString();
        return new EmbeddedS3(
                new TransientNio2BlobStore(),
                plain -> plain.secureEndpoint(URI.create("https://127.0.0.1:0"))
                        .keyStore(keys, SelfSignedCertificate.SECRET));
    }

    /** Starts a server that replaces what it has, also where a request asks it not to, as many do. */
    public static EmbeddedS3 startWithoutConditions() throws IOException {
        return new EmbeddedS3(new Unconditional(new TransientNio2BlobStore()), plain -> plain);
    }

    /** Takes no notice of {@code If-None-Match}. */
    private static final class Unconditional extends ForwardingBlobStore {
        Unconditional(BlobStore store) {
            super(store);
        }

        @Override
        public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
            return super.putBlob(request.toBuilder().ifNoneMatch(null).build(), body);
        }
    }

    /** Starts a server whose endpoint has a path, which begins with a slash. */
    public static EmbeddedS3 startAt(String path) throws IOException {
        return new EmbeddedS3(new TransientNio2BlobStore(), plain -> plain.servicePath(path), LOOPBACK, path);
    }

    /** Starts a server that others reach at this address of the machine. */
    public static EmbeddedS3 startOn(String host) throws IOException {
        return new EmbeddedS3(new TransientNio2BlobStore(), plain -> plain, host, "");
    }

    /** Starts a server that keeps everything below an existing directory. */
    public static EmbeddedS3 start(Path directory) throws IOException {
        return new EmbeddedS3(new FilesystemNio2BlobStore(directory.toString()), plain -> plain);
    }

    private void startProxy() throws IOException {
        try {
            proxy.start();
        } catch (Exception e) {
            throw new IOException("S3Proxy did not start", e);
        }
    }

    @Override
    public URI endpoint() {
        return URI.create("http://" + host + ":" + proxy.getPort() + path);
    }

    /** The same buckets by https, under the name that the certificate is for. */
    public URI secureEndpoint() {
        return URI.create("https://localhost:" + proxy.getSecurePort());
    }

    /** Past the client, which refuses to create one that Amazon would not. */
    @Override
    public void createBucket(String name) {
        store.createContainer(name);
    }

    /** All keys of a bucket at once: asked by pages, this server looks at the whole bucket for each. */
    public Set<String> keys(String bucket) {
        ListObjectsV2Response all = store.list(ListObjectsV2Request.builder()
                .bucket(bucket)
                .maxKeys(Integer.MAX_VALUE)
                .build());
        if (all.nextContinuationToken() != null) {
            throw new IllegalStateException("the list of the bucket has more than a page");
        }
        return all.contents().stream().map(S3Object::key).collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public String accessKey() {
        return ACCESS_KEY;
    }

    @Override
    public String secretKey() {
        return Secrets.SECRET_KEY;
    }

    @Override
    public String kind() {
        return "embedded";
    }

    @Override
    public String product() {
        return "s3proxy " + S3Proxy.class.getPackage().getImplementationVersion();
    }

    @Override
    public void close() throws IOException {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IOException("S3Proxy did not stop", e);
        }
    }
}
