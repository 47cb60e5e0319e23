package ch.tocco.lomigrate.lo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes go back exactly once, by any thread and however often it is closed. */
@Timeout(60)
final class PayloadTest {
    private final ByteBudget budget = new ByteBudget(1_000, () -> false);

    @Test
    void bytesInMemoryAreNotCopiedAndGoBackOnce() throws InterruptedException {
        assertThat(budget.take(100)).isTrue();
        byte[] bytes = new byte[60];
        Payload.InMemory payload = new Payload.InMemory(bytes, budget, 70);
        assertThat(payload.bytes()).isSameAs(bytes);
        assertThat(payload.size()).isEqualTo(60);
        payload.close();
        assertThat(budget.used()).as("what was taken, not what was read").isEqualTo(30);
        payload.close();
        assertThat(budget.used()).isEqualTo(30);
    }

    @Test
    void spillFileIsReleasedOnce() {
        AtomicInteger released = new AtomicInteger();
        Payload.SpillFile payload =
                new Payload.SpillFile(Path.of("spilled"), 5L << 30, Optional.empty(), released::incrementAndGet);
        assertThat(payload.file()).isEqualTo(Path.of("spilled"));
        assertThat(payload.size()).isEqualTo(5L << 30);
        assertThat(released).hasValue(0);
        payload.close();
        payload.close();
        assertThat(released).hasValue(1);
    }

    @Test
    void manyThreadsClosingAtOnceGiveBackOnce() throws Exception {
        for (int round = 0; round < 500; round++) {
            AtomicInteger released = new AtomicInteger();
            assertThat(budget.take(30)).isTrue();
            Payload inMemory = new Payload.InMemory(new byte[10], budget, 10);
            Payload spilled =
                    new Payload.SpillFile(Path.of("spilled"), 10, Optional.empty(), released::incrementAndGet);
            CyclicBarrier together = new CyclicBarrier(4);
            List<Thread> threads = Stream.generate(() -> new Thread(() -> {
                        await(together);
                        inMemory.close();
                        spilled.close();
                    }))
                    .limit(4)
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(budget.used()).isEqualTo(20);
            assertThat(released).hasValue(1);
            budget.giveBack(20);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
