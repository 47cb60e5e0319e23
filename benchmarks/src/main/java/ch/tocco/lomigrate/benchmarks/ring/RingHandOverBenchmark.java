package ch.tocco.lomigrate.benchmarks.ring;

import ch.tocco.lomigrate.benchmarks.Baseline;
import ch.tocco.lomigrate.lo.Rows;
import ch.tocco.lomigrate.lo.SourceRow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to hand one row from a stage to the next, two consumers taking rows one by one or in runs. Time per row
 * from the first put until the last row has arrived.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class RingHandOverBenchmark {
    private static final int ROWS = 200_000;
    private static final int CONSUMERS = 2;
    private static final int RUN = 256;

    @Param({"1", "2"})
    public int producers;

    @Param({"8192"})
    public int slots;

    private SourceRow[] rows;
    private ExecutorService threads;

    @Setup
    public void setUp() {
        rows = IntStream.range(0, ROWS)
                .mapToObj(i -> Rows.of("hash", i, null, i + 1L))
                .toArray(SourceRow[]::new);
        threads = Executors.newFixedThreadPool(producers);
    }

    @TearDown
    public void tearDown() {
        threads.shutdown();
    }

    /** A hand-over that lives as long as the measurement. */
    @State(Scope.Benchmark)
    public abstract static class Way {
        HandOver handOver;

        @Setup
        public void setUp(RingHandOverBenchmark parameters) {
            handOver = create(parameters.slots);
        }

        @TearDown
        public void tearDown() throws InterruptedException {
            handOver.end();
        }

        abstract HandOver create(int slots);
    }

    /** See {@link #ring}. */
    public static class Ring extends Way {
        @Override
        HandOver create(int slots) {
            return new RingHandOver(slots, CONSUMERS, 1);
        }
    }

    /** See {@link #ringRuns}. */
    public static class RingRuns extends Way {
        @Override
        HandOver create(int slots) {
            return new RingHandOver(slots, CONSUMERS, RUN);
        }
    }

    /** See {@link #arrayBlockingQueue}. */
    public static class ArrayQueue extends Way {
        @Override
        HandOver create(int slots) {
            return new QueueHandOver(new ArrayBlockingQueue<>(slots), CONSUMERS, 1);
        }
    }

    /** See {@link #arrayBlockingQueueRuns}. */
    public static class ArrayQueueRuns extends Way {
        @Override
        HandOver create(int slots) {
            return new QueueHandOver(new ArrayBlockingQueue<>(slots), CONSUMERS, RUN);
        }
    }

    /** See {@link #linkedBlockingQueue}. */
    public static class LinkedQueue extends Way {
        @Override
        HandOver create(int slots) {
            return new QueueHandOver(new LinkedBlockingQueue<>(slots), CONSUMERS, 1);
        }
    }

    /** See {@link #linkedBlockingQueueRuns}. */
    public static class LinkedQueueRuns extends Way {
        @Override
        HandOver create(int slots) {
            return new QueueHandOver(new LinkedBlockingQueue<>(slots), CONSUMERS, RUN);
        }
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long ring(Ring way) throws InterruptedException, ExecutionException {
        return handOver(way.handOver);
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long ringRuns(RingRuns way) throws InterruptedException, ExecutionException {
        return handOver(way.handOver);
    }

    @Benchmark
    @Baseline
    @OperationsPerInvocation(ROWS)
    public long arrayBlockingQueue(ArrayQueue way) throws InterruptedException, ExecutionException {
        return handOver(way.handOver);
    }

    /** By {@code drainTo}. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long arrayBlockingQueueRuns(ArrayQueueRuns way) throws InterruptedException, ExecutionException {
        return handOver(way.handOver);
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long linkedBlockingQueue(LinkedQueue way) throws InterruptedException, ExecutionException {
        return handOver(way.handOver);
    }

    /** By {@code drainTo}. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public long linkedBlockingQueueRuns(LinkedQueueRuns way) throws InterruptedException, ExecutionException {
        return handOver(way.handOver);
    }

    private long handOver(HandOver way) throws InterruptedException, ExecutionException {
        long countBefore = way.count();
        long sumBefore = way.sum();
        List<Future<?>> producing = new ArrayList<>();
        for (int i = 0; i < producers; i++) {
            int first = i;
            producing.add(threads.submit(() -> produce(way.entry(), first)));
        }
        for (Future<?> producer : producing) {
            producer.get();
        }
        while (way.count() - countBefore < ROWS) {
            LockSupport.parkNanos(20_000);
        }
        long sum = way.sum() - sumBefore;
        if (sum != ROWS * (ROWS + 1L) / 2) {
            throw new IllegalStateException("rows were lost or came twice: " + sum);
        }
        return sum;
    }

    private Void produce(HandOver.Entry entry, int first) throws InterruptedException {
        for (int i = first; i < ROWS; i += producers) {
            entry.put(rows[i]);
        }
        return null;
    }
}
