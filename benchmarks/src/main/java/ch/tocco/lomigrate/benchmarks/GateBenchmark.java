package ch.tocco.lomigrate.benchmarks;

import ch.tocco.lomigrate.lifecycle.Gate;
import ch.tocco.lomigrate.lifecycle.RunControl;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the open gate of a run costs that sets no rate and no limit: each batch of reads and each PUT asks it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class GateBenchmark {
    private final Gate gate = new RunControl().gate();

    /** A page of a listing. */
    @Benchmark
    public boolean page() throws InterruptedException {
        return gate.mayBegin();
    }

    /** A batch of reads, which also takes and gives back its turn. */
    @Benchmark
    public boolean batch() throws InterruptedException {
        boolean begun = gate.mayBegin() && gate.mayRead();
        gate.hasRead();
        return begun;
    }

    /** A PUT, with the look at how many may be in flight. */
    @Benchmark
    public boolean put() throws InterruptedException {
        return gate.putsInFlight() > 0 && gate.mayPut(1000);
    }
}
