package ch.tocco.lomigrate.testkit.servers;

import ch.tocco.lomigrate.testkit.checks.BucketInspector;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/** A running S3-compatible server, addressed by path. Safe for use by several threads. */
public interface S3Server {
    /** Numbers the buckets of this JVM. */
    AtomicInteger BUCKETS = new AtomicInteger();

    URI endpoint();

    String accessKey();

    String secretKey();

    /** How it is run, in one word: {@code embedded}, {@code docker} or {@code running}. */
    String kind();

    /** Name and version of the server's software. */
    String product();

    /** A view of one bucket through a client that shares nothing with the tool; the caller closes it. */
    default BucketInspector inspect(String bucket) {
        return new BucketInspector(endpoint(), accessKey(), secretKey(), bucket);
    }

    /** Creates a bucket of this name. */
    default void createBucket(String name) {
        try (var inspector = inspect(name)) {
            inspector.createBucket();
        }
    }

    /** Creates an empty bucket under a name that is new on this server, and returns the name. */
    default String createBucket() {
        String name = "lo-" + ProcessHandle.current().pid() + "-" + BUCKETS.incrementAndGet();
        createBucket(name);
        return name;
    }
}
