package ch.tocco.lomigrate.testkit.wire;

import ch.tocco.lomigrate.testkit.wire.ScriptedS3.Request;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * A script for {@link ScriptedS3} that answers the first object's PUT only when a test says so: until then a run is in
 * its middle, for as long as the test needs. Safe for use by several threads.
 */
public final class HeldPut implements Function<Request, byte[]> {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final AtomicBoolean first = new AtomicBoolean(true);
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    @Override
    public byte[] apply(Request request) {
        if (request.operation().equals("PutObject") && !request.isProbe() && first.getAndSet(false)) {
            arrived.countDown();
            try {
                released.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return null;
    }

    /** Whether the PUT is here. */
    public boolean arrived() {
        return arrived.getCount() == 0;
    }

    /** Lets it be answered, as a server does that behaves. */
    public void release() {
        released.countDown();
    }
}
