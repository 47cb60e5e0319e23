package ch.tocco.lomigrate.testkit.servers;

import ch.tocco.lomigrate.config.S3Config;
import java.net.URI;
import java.util.Optional;

/** A bucket as most are used: with keys, by path, and with everything else as it is by default. */
public final class PlainBucket {
    private PlainBucket() {}

    public static S3Config at(URI endpoint, String bucket, String accessKey, String secretKey) {
        return new S3Config(
                endpoint,
                S3Config.DEFAULT_REGION,
                bucket,
                Optional.of(new S3Config.Keys(accessKey, secretKey)),
                false,
                S3Config.DEFAULT_MULTIPART_THRESHOLD,
                S3Config.DEFAULT_PART_SIZE);
    }
}
