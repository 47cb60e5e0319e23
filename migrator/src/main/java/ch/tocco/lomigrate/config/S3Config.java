package ch.tocco.lomigrate.config;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.util.Optional;

/**
 * The bucket and how to talk to the server that holds it.
 *
 * @param endpoint the server, {@code http} or {@code https}, without bucket
 * @param region the region that requests are signed for
 * @param bucket name of the bucket
 * @param keys access and secret key; empty: see {@code webIdentity}
 * @param virtualHosted the bucket is part of the host name instead of the path
 * @param multipartThreshold bytes up to which an object goes in one request, however small a part is; 0 to
 *     {@value #MAX_MULTIPART_THRESHOLD}
 * @param partSize bytes of one part of a multipart upload, {@value #MIN_PART_SIZE} to {@value #MAX_PART_SIZE}
 * @param proxy what all requests go through; empty: they go to the server directly
 * @param webIdentity where keys come from without {@code keys}; empty: the AWS default credential chain
 * @param caBundle the authorities that servers' certificates may come from; empty: the system's
 * @param settings how the store keeps objects
 */
public record S3Config(
        URI endpoint,
        String region,
        String bucket,
        Optional<Keys> keys,
        boolean virtualHosted,
        long multipartThreshold,
        long partSize,
        Optional<HttpProxy> proxy,
        Optional<WebIdentity> webIdentity,
        Optional<CaBundle> caBundle,
        ObjectSettings settings) {
    public static final String DEFAULT_REGION = "us-east-1";
    public static final long DEFAULT_PART_SIZE = 20L << 20;

    /**
     * One request saves the parts' own hashes and six more requests, and the store verifies the object's own hash; what
     * is lost with a broken connection is to stay a matter of seconds.
     */
    public static final long DEFAULT_MULTIPART_THRESHOLD = 256L << 20;

    /** S3: "upload an object of up to 5 GB in size" with a single PUT (Amazon S3 User Guide, uploading objects). */
    public static final long MAX_MULTIPART_THRESHOLD = 5_000_000_000L;

    /** S3: "5 MiB to 5 GiB; there is no minimum size limit on the last part" (Amazon S3 multipart upload limits). */
    public static final long MIN_PART_SIZE = 5L << 20;

    /** What is lost with a broken connection is to stay bounded: S3 would allow 5 GiB. */
    public static final long MAX_PART_SIZE = 1L << 30;

    public S3Config {
        requireNonNull(endpoint);
        requireNonNull(region);
        requireNonNull(bucket);
        requireNonNull(keys);
        requireNonNull(proxy);
        requireNonNull(webIdentity);
        requireNonNull(caBundle);
        requireNonNull(settings);
        if (multipartThreshold < 0 || multipartThreshold > MAX_MULTIPART_THRESHOLD) {
            throw new IllegalArgumentException("multipart threshold out of range: " + multipartThreshold);
        }
        if (partSize < MIN_PART_SIZE || partSize > MAX_PART_SIZE) {
            throw new IllegalArgumentException("part size out of range: " + partSize);
        }
    }

    /** Without a proxy and a web identity, with objects as the bucket keeps them. */
    public S3Config(
            URI endpoint,
            String region,
            String bucket,
            Optional<Keys> keys,
            boolean virtualHosted,
            long multipartThreshold,
            long partSize) {
        this(
                endpoint,
                region,
                bucket,
                keys,
                virtualHosted,
                multipartThreshold,
                partSize,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                ObjectSettings.OF_THE_BUCKET);
    }

    /** The same with objects that the store keeps in another way. */
    public S3Config with(ObjectSettings others) {
        return new S3Config(
                endpoint,
                region,
                bucket,
                keys,
                virtualHosted,
                multipartThreshold,
                partSize,
                proxy,
                webIdentity,
                caBundle,
                others);
    }

    /** Bytes up to which an object goes in one request: what is not larger than a part has nothing to be cut into. */
    public long oneRequest() {
        return Math.max(multipartThreshold, partSize);
    }

    /**
     * A key pair; {@link #toString} shows only the access key.
     *
     * @param accessKey the public half
     * @param secretKey the secret half
     * @param sessionToken what temporary keys have besides
     */
    public record Keys(String accessKey, String secretKey, Optional<String> sessionToken) {
        public Keys {
            requireNonNull(accessKey);
            requireNonNull(secretKey);
            requireNonNull(sessionToken);
        }

        /** Keys that are not temporary. */
        public Keys(String accessKey, String secretKey) {
            this(accessKey, secretKey, Optional.empty());
        }

        @Override
        public String toString() {
            return accessKey + ":***";
        }
    }
}
