package ch.tocco.lomigrate.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Books;
import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.lo.LoEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two small rings one behind the other, in short rounds that end in each way a run may: no producer is left waiting for
 * room that is there, or for a run that has ended, and all that was put is taken. The same for whatever else is waited for
 * until another thread says so. No thread looks again by the clock, so that a signal that is lost leaves its round hanging.
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

    /** The giants' rows: receivers of small objects take them one by one, beside a worker who is busy. */
    @Test
    void producerIsWokenByAGuest() throws InterruptedException {
        for (int round = 0; round < ROUNDS / 10; round++) {
            LoRing ring = LoRing.withoutIdle("ring", 1 + round % 3, RunEnd.NEVER);
            CountDownLatch busy = new CountDownLatch(1);
            WorkerPool pool = WorkerPool.start(ring, List.of(new BusyWorker(busy)), 1, Long.MAX_VALUE, e -> {});
            Guest guest = pool.guest();
            int each = 3 + round % 5;
            CountDownLatch done = new CountDownLatch(PRODUCERS);
            IntStream.range(0, PRODUCERS)
                    .forEach(i -> Round.start(
                            () -> IntStream.range(0, each).forEach(n -> ring.put(Events.numbered(n + 1))), done));
            LoEvent into = new LoEvent();
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            for (int taken = 0; taken < PRODUCERS * each; ) {
                if (guest.take(into)) {
                    into.clear();
                    taken++;
                } else {
                    assertThat(System.nanoTime()).as("round %s", round).isLessThan(until);
                    LockSupport.parkNanos(1_000);
                }
            }
            assertThat(done.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("round %s", round)
                    .isTrue();
            busy.countDown();
            pool.drain();
        }
    }

    /** Takes nothing until it is told to. */
    private static final class BusyWorker extends StubWorker {
        private final CountDownLatch busy;

        BusyWorker(CountDownLatch busy) {
            super(1);
            this.busy = busy;
        }

        @Override
        public int ready(LoEvent[] into) throws InterruptedException {
            busy.await();
            return super.ready(into);
        }

        @Override
        public void work(LoEvent[] events, int count) {
            throw new IllegalStateException("the guest has taken all");
        }
    }

    /** Receivers that found the disk full wait for the spill file of another one to go, or for the end of the run. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bytesThatAreFreedWakeWhoeverWaitsForThem(boolean ends) throws InterruptedException {
        for (int round = 0; round < ROUNDS / 10; round++) {
            RunControl control = new RunControl();
            ByteBudget disk = new ByteBudget(10, control::ended);
            control.onEnd(disk::wake);
            assertThat(disk.take(1)).isTrue();
            long before = disk.freed();
            CountDownLatch done = new CountDownLatch(PRODUCERS);
            IntStream.range(0, PRODUCERS)
                    .forEach(i ->
                            Round.start(() -> uninterrupted(() -> disk.awaitFreed(before, Duration.ofHours(1))), done));
            spin(round);
            if (ends) {
                control.stop();
            } else {
                disk.giveBack(1);
            }
            assertThat(done.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("round %s", round)
                    .isTrue();
        }
    }

    /** The thread that lists waits for all that was listed to be settled, or for the end of the run. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lastObjectToBeSettledWakesTheThreadThatLists(boolean ends) throws InterruptedException {
        for (int round = 0; round < ROUNDS / 10; round++) {
            RunControl control = new RunControl();
            Counters counters = new Counters();
            Books books = new Books(counters);
            int each = 1 + round % 3;
            int listed = PRODUCERS * each + (ends ? 1 : 0);
            IntStream.range(0, listed).forEach(i -> counters.observed().done(1));
            CountDownLatch done = new CountDownLatch(PRODUCERS + 1);
            Round.start(() -> uninterrupted(() -> counters.awaitBalanced(control)), done);
            IntStream.range(0, PRODUCERS)
                    .forEach(i -> Round.start(
                            () -> {
                                for (int n = 0; n < each; n++) {
                                    settle(i, counters, books);
                                }
                            },
                            done));
            spin(round);
            if (ends) {
                control.stop();
            }
            assertThat(done.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("round %s", round)
                    .isTrue();
        }
    }

    private static void settle(int way, Counters counters, Books books) {
        switch (way) {
            case 0 -> counters.committed().done(1);
            case 1 -> counters.vanished();
            default -> books.discarded(Events.numbered(1));
        }
    }

    private static void spin(int round) {
        long until = System.nanoTime() + round * 37L % 100_000;
        while (System.nanoTime() < until) {
            Thread.onSpinWait();
        }
    }

    @FunctionalInterface
    private interface Waiting {
        void run() throws InterruptedException;
    }

    private static void uninterrupted(Waiting waiting) {
        try {
            waiting.run();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
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
            this.first = LoRing.withoutIdle("first", 1 + number % 5, control);
            this.second = LoRing.withoutIdle("second", 1 + number % 3, RunEnd.NEVER);
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
