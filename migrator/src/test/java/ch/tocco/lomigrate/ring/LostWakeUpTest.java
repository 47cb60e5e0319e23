package ch.tocco.lomigrate.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lo.LoEvent;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two small rings one behind the other, in short rounds that end in each way a run may: no producer is left waiting for
 * room that is there, or for a run that has ended, and all that was put is taken. Nobody looks again by the clock, so that
 * a signal that is lost leaves its round hanging.
 *
 * <p>{@code -Dlo.migrate.stress.rounds=1000000} makes a long run of it.
 */
@Tag("slow")
final class LostWakeUpTest {
    private static final int ROUNDS = Integer.getInteger("lo.migrate.stress.rounds", 10_000);
    private static final long PATIENCE_SECONDS = 60;
    private static final int PRODUCERS = 3;

    /** What ends a round. */
    private enum Ending {
        DRAIN,
        STOP,
        ABORT,
        /** A worker throws at each batch, and goes on, as a pool's threads do. */
        WORKER_FAILS
    }

    @ParameterizedTest
    @EnumSource
    void nobodyWaitsForEver(Ending ending) throws InterruptedException {
        int rounds = ROUNDS / Ending.values().length;
        for (int round = 0; round < rounds; round++) {
            assertThat(new Round(ending, round).run())
                    .as("%s, round %s", ending, round)
                    .isEmpty();
        }
    }

    /** Producers, a ring that workers take from each other, a ring of handlers behind it. */
    private static final class Round {
        private final Ending ending;
        private final RunControl control = new RunControl();
        private final LoRing first;
        private final LoRing second;
        private final Stage workers;
        private final Stage handlers;
        private final AtomicLong put = new AtomicLong();
        private final AtomicLong lost = new AtomicLong();
        private final AtomicLong handled = new AtomicLong();
        private final int perProducer;

        Round(Ending ending, int number) {
            this.ending = ending;
            this.perProducer = 4 + number % 13;
            this.first = new LoRing("first", 1 + number % 5, control, Duration.ofHours(1));
            this.second = new LoRing("second", 1 + number % 3, RunEnd.NEVER, Duration.ofHours(1));
            int maxBatch = 1 + number % 4;
            this.handlers = HandlerPool.start(
                    second,
                    Stream.generate(CountingHandler::new).limit(1 + number % 2).toList(),
                    e -> {});
            this.workers = WorkerPool.start(
                    first,
                    Stream.generate(() -> new ForwardingWorker(maxBatch))
                            .limit(1 + number % 3)
                            .toList(),
                    maxBatch,
                    Long.MAX_VALUE,
                    e -> {});
        }

        /** What is wrong; empty: nothing. */
        String run() throws InterruptedException {
            CountDownLatch produced = new CountDownLatch(PRODUCERS);
            IntStream.range(0, PRODUCERS).forEach(i -> start(this::produce, produced));
            end();
            if (!produced.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return "a producer waits for ever";
            }
            CountDownLatch drained = new CountDownLatch(1);
            start(this::drain, drained);
            if (!drained.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return "draining takes for ever";
            }
            return put.get() == handled.get() + lost.get()
                    ? ""
                    : put + " were put, " + handled + " handled, " + lost + " lost";
        }

        private void end() {
            if (ending == Ending.STOP || ending == Ending.ABORT) {
                long until = System.nanoTime() + ThreadLocalRandom.current().nextLong(200_000);
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                if (ending == Ending.STOP) {
                    control.stop();
                } else {
                    control.abort(new RunAborted(RunAborted.Kind.FAULT, "injected", null));
                }
            }
        }

        private static void start(Runnable work, CountDownLatch done) {
            Thread thread = new Thread(() -> {
                work.run();
                done.countDown();
            });
            thread.setDaemon(true);
            thread.start();
        }

        private void produce() {
            for (int i = 0; i < perProducer; i++) {
                if (first.put(Events.numbered(i + 1))) {
                    put.incrementAndGet();
                }
            }
        }

        private void drain() {
            try {
                workers.drain();
                handlers.drain();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private final class ForwardingWorker extends StubWorker {
            ForwardingWorker(int maxBatch) {
                super(maxBatch);
            }

            @Override
            public void work(LoEvent[] events, int count) {
                for (int i = 0; i < count; i++) {
                    if (ending == Ending.WORKER_FAILS) {
                        lost.addAndGet(count - i);
                        for (int rest = i; rest < count; rest++) {
                            events[rest].clear();
                        }
                        throw new IllegalStateException("injected");
                    }
                    second.put(events[i]);
                }
            }
        }

        private final class CountingHandler implements Handler {
            @Override
            public void take(LoEvent event) {
                event.clear();
                handled.incrementAndGet();
            }

            @Override
            public void endOfBatch() {}

            @Override
            public void idle() {}

            @Override
            public void finish() {}
        }
    }
}
