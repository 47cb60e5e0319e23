package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.config.S3Config;
import java.net.URI;
import java.util.Optional;

/** Builds the part of the configuration that says where the objects go, and notes every mistake on the way. */
final class StoreBuilder {
    private static final long KIB = 1L << 10;

    private final Flags flags;
    private final Values values;
    private final Findings findings;

    StoreBuilder(Flags flags, Values values, Findings findings) {
        this.flags = flags;
        this.values = values;
        this.findings = findings;
    }

    /** The settings; empty only after a mistake was noted. */
    Optional<S3Config> build() {
        long threshold = KIB
                * values.number(
                        "--multipart-threshold",
                        flags.multipartThreshold,
                        S3Config.DEFAULT_MULTIPART_THRESHOLD / KIB,
                        0,
                        S3Config.MAX_MULTIPART_THRESHOLD / KIB);
        long partSize = KIB
                * values.number(
                        "--upload-chunk-size",
                        flags.uploadChunkSize,
                        S3Config.DEFAULT_PART_SIZE / KIB,
                        S3Config.MIN_PART_SIZE / KIB,
                        S3Config.MAX_PART_SIZE / KIB);
        boolean virtualHosted = values.isOn("--virtual-hosted", flags.virtualHosted);
        Optional<S3Config.Keys> keys = keys();
        String region = region();
        Optional<URI> endpoint = endpoint(virtualHosted);
        boolean bucket = isValidBucket();
        return endpoint.isEmpty() || !bucket
                ? Optional.empty()
                : Optional.of(
                        new S3Config(endpoint.get(), region, flags.bucket, keys, virtualHosted, threshold, partSize));
    }

    private Optional<URI> endpoint(boolean virtualHosted) {
        if (!values.isPresent("--s3-url", flags.s3Url)) {
            return Optional.empty();
        }
        Optional<String> wrong = EndpointRules.wrongWithUrl(flags.s3Url);
        if (wrong.isPresent()) {
            values.mistake("--s3-url", wrong.get());
            return Optional.empty();
        }
        URI endpoint = URI.create(flags.s3Url);
        if (virtualHosted && EndpointRules.isIpAddress(endpoint)) {
            values.mistake("--virtual-hosted", "needs a host name in --s3-url, not an IP address");
        }
        return Optional.of(endpoint);
    }

    private boolean isValidBucket() {
        if (!values.isPresent("--bucket", flags.bucket)) {
            return false;
        }
        Optional<String> wrong = EndpointRules.wrongWithBucket(flags.bucket);
        wrong.ifPresent(w -> values.mistake("--bucket", w));
        return wrong.isEmpty();
    }

    private String region() {
        String region = flags.region == null ? S3Config.DEFAULT_REGION : flags.region;
        EndpointRules.wrongWithRegion(region).ifPresent(wrong -> values.mistake("--region", wrong));
        return region;
    }

    private Optional<S3Config.Keys> keys() {
        if (flags.accessKey == null && flags.secretKey == null) {
            return Optional.empty();
        }
        if (flags.accessKey == null || flags.secretKey == null) {
            String missing = flags.accessKey == null ? "--access-key" : "--secret-key";
            String present = flags.accessKey == null ? "--secret-key" : "--access-key";
            findings.mistake(missing + " is missing: give both keys, or neither for the AWS default credential chain ("
                    + present + " is given)");
            return Optional.empty();
        }
        boolean access = values.isNotEmpty("--access-key", flags.accessKey);
        boolean secret = values.isNotEmpty("--secret-key", flags.secretKey);
        return access && secret ? Optional.of(new S3Config.Keys(flags.accessKey, flags.secretKey)) : Optional.empty();
    }
}
