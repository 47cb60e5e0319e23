package ch.tocco.lomigrate.s3;

import ch.tocco.lomigrate.config.S3Config;
import ch.tocco.lomigrate.testkit.servers.PlainBucket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Stores share the threads of the native library. */
@Timeout(120)
final class S3ClientsTest {
    private static final int ROUNDS = 1_000;

    private static final S3Config NOWHERE = PlainBucket.at(URI.create("http://127.0.0.1:1"), "bucket", "a", "b");

    /** The last store takes the threads with it: not from under one that is just made, which would crash this JVM. */
    @Test
    void storesBeginWhileOthersEnd() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            Callable<Void> openAndClose = () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    new S3ObjectStore(NOWHERE, 1, Duration.ofSeconds(60)).close();
                    LockSupport.parkNanos(
                            ThreadLocalRandom.current().nextInt(300_000)); // so that they meet in all ways
                }
                return null;
            };
            for (Future<Void> done : threads.invokeAll(List.of(openAndClose, openAndClose, openAndClose))) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
