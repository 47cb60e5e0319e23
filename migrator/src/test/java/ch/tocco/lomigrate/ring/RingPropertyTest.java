package ch.tocco.lomigrate.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lo.LoEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Rings, pools and runs of any sizes. */
final class RingPropertyTest {
    @Property(tries = 60)
    void everyEventIsHandledOnceAndByOneWorkerInOrder(
            @ForAll @IntRange(min = 0, max = 6) int ringBits,
            @ForAll @IntRange(min = 1, max = 5) int workers,
            @ForAll @IntRange(min = 1, max = 40) int maxBatch,
            @ForAll @LongRange(min = 1, max = 300) long maxBytes,
            @ForAll List<@LongRange(min = 0, max = 200) Long> sizes)
            throws InterruptedException {
        LoRing ring = new LoRing("property", 1 << ringBits, RunEnd.NEVER);
        List<StubWorker> pool = IntStream.range(0, workers)
                .mapToObj(i -> new StubWorker(maxBatch))
                .toList();
        List<Throwable> errors = new CopyOnWriteArrayList<>();
        WorkerPool stage = WorkerPool.start(ring, pool, maxBatch, maxBytes, errors::add);
        for (int i = 0; i < sizes.size(); i++) {
            LoEvent event = Events.sized(i + 1, sizes.get(i));
            assertThat(ring.put(event)).isTrue();
            assertThat(event.isEmpty()).isTrue();
        }
        stage.drain();

        assertThat(errors).isEmpty();
        assertThat(pool.stream().flatMap(worker -> worker.numbers().stream()))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, sizes.size()).boxed().toList());
        for (StubWorker worker : pool) {
            // also each one of several takes in the order of the ring
            assertThat(worker.numbers()).isSorted();
            assertThat(worker.batches).allSatisfy(run -> assertBatch(run, maxBatch, maxBytes, sizes));
        }
        assertThat(ring.used()).isZero();
    }

    private static void assertBatch(List<Long> run, int maxBatch, long maxBytes, List<Long> sizes) {
        long bytes = run.stream().mapToLong(n -> sizes.get((int) (n - 1))).sum();
        assertThat(run).hasSizeLessThanOrEqualTo(maxBatch);
        assertThat(run.size() == 1 || bytes <= maxBytes).isTrue();
        assertThat(run.get(run.size() - 1) - run.get(0)).isEqualTo(run.size() - 1L);
    }
}
