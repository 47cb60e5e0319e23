package ch.tocco.lomigrate.testkit.servers;

import java.net.URI;

/**
 * A server that was started by hand, Ceph for example, named by the environment variables {@code S3_ENDPOINT}, {@code
 * S3_ACCESS_KEY} and {@code S3_SECRET_KEY}. Tests leave their buckets behind there.
 */
public record RunningS3(URI endpoint, String accessKey, String secretKey) implements S3Server {
    /** The environment variable with the secret key. */
    public static final String SECRET_KEY = "S3_SECRET_KEY";

    static RunningS3 fromEnvironment() {
        return new RunningS3(URI.create(required("S3_ENDPOINT")), required("S3_ACCESS_KEY"), required(SECRET_KEY));
    }

    private static String required(String variable) {
        String value = System.getenv(variable);
        if (value == null) {
            throw new IllegalStateException("the environment variable " + variable + " is not set");
        }
        return value;
    }

    @Override
    public String kind() {
        return "running";
    }

    @Override
    public String product() {
        return "at " + endpoint;
    }
}
