package ch.tocco.lomigrate.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lo.ByteBudget;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.lo.Payload;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.EndWhen;
import ch.tocco.lomigrate.testkit.UnspeakableError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The workers of a stage: who gets what, what a slow or a failing one does to the others, how the stage ends. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // an endless put is not interruptible
final class WorkerPoolTest {
    private final LoRing ring = new LoRing("stage", 8, RunEnd.NEVER);
    private final List<Throwable> errors = Collections.synchronizedList(new ArrayList<>());

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 64})
    void everyEventIsWorkedOnOnce(int maxBatch) throws InterruptedException {
        List<StubWorker> workers = Stream.<StubWorker>generate(() -> new StubWorker(maxBatch))
                .limit(3)
                .toList();
        WorkerPool pool = start(workers, maxBatch);
        putUpTo(5_000);
        pool.drain();
        assertThat(StubWorker.numbers(workers)).containsExactlyInAnyOrderElementsOf(StubWorker.oneTo(5_000));
        assertThat(workers.stream().flatMap(worker -> worker.batches.stream()))
                .allSatisfy(run -> assertThat(run).hasSizeBetween(1, maxBatch));
        assertThat(errors).isEmpty();
    }

    @Test
    void everyEventIsWorkedOnOnceAlsoWithGuests() throws Exception {
        List<StubWorker> workers =
                Stream.generate(() -> new StubWorker(2)).limit(2).toList();
        WorkerPool pool = start(workers, 2);
        List<Guest> guests = Stream.generate(pool::guest).limit(2).toList();
        List<Long> taken = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger drained = new AtomicInteger();
        var visits = guests.stream()
                .map(guest -> Background.run(() -> {
                    LoEvent own = new LoEvent();
                    while (drained.get() == 0) {
                        if (guest.take(own)) {
                            taken.add(Events.number(own));
                            own.clear();
                        }
                    }
                }))
                .toList();
        putUpTo(5_000);
        pool.drain();
        drained.set(1);
        visits.forEach(CompletableFuture::join);
        taken.addAll(StubWorker.numbers(workers));
        assertThat(taken).containsExactlyInAnyOrderElementsOf(StubWorker.oneTo(5_000));
        assertThat(errors).isEmpty();
    }

    @Test
    void payloadAndHashTravelWithTheRow() throws InterruptedException {
        ByteBudget budget = new ByteBudget(100, () -> false);
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        StubWorker worker = new StubWorker(1) {
            @Override
            public void work(LoEvent[] events, int count) throws InterruptedException {
                seen.add(events[0].sha256() + " " + ((Payload.InMemory) events[0].payload()).bytes()[0]);
                super.work(events, count);
            }
        };
        WorkerPool pool = start(List.of(worker), 1);
        LoEvent event = Events.numbered(1);
        assertThat(budget.take(1)).isTrue();
        event.received(new Payload.InMemory(new byte[] {42}, budget, 1), "abc");
        ring.put(event);
        pool.drain();
        assertThat(seen).containsExactly("abc 42");
        assertThat(budget.used()).as("cleared by the worker").isZero();
    }

    @Test
    void slotsAreFreeBeforeWorkBegins() throws InterruptedException {
        CountDownLatch full = new CountDownLatch(1);
        List<Integer> usedInWork = Collections.synchronizedList(new ArrayList<>());
        StubWorker worker = new StubWorker(8) {
            @Override
            public int ready(LoEvent[] into) throws InterruptedException {
                full.await();
                return super.ready(into);
            }

            @Override
            public void work(LoEvent[] events, int count) throws InterruptedException {
                usedInWork.add(ring.used());
                super.work(events, count);
            }
        };
        WorkerPool pool = start(List.of(worker), 8);
        putUpTo(8);
        assertThat(ring.used()).isEqualTo(8);
        full.countDown();
        pool.drain();
        assertThat(worker.batches).containsExactly(StubWorker.oneTo(8));
        // The end marker may already be there.
        assertThat(usedInWork)
                .singleElement()
                .satisfies(used -> assertThat(used).isBetween(0, 1));
    }

    @Test
    void workerBusyWithABigObjectDoesNotStopTheRing() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        List<StubWorker> workers = Stream.<StubWorker>generate(() -> new StubWorker(4) {
                    @Override
                    public void work(LoEvent[] events, int count) throws InterruptedException {
                        if (events[0].bytes() == 1 << 30) {
                            busy.countDown();
                            done.await();
                        }
                        super.work(events, count);
                    }
                })
                .limit(2)
                .toList();
        WorkerPool pool = start(workers, 4);
        ring.put(Events.sized(10_001, 1 << 30));
        busy.await();
        putUpTo(10_000); // more than a thousand rounds
        assertThat(done.getCount()).isEqualTo(1);
        done.countDown();
        pool.drain();
        assertThat(StubWorker.numbers(workers)).containsExactlyInAnyOrderElementsOf(StubWorker.oneTo(10_001));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void workerThatThrowsGoesOnAndTheErrorIsReported(boolean cleansUp) throws Exception {
        StubWorker worker = new StubWorker(4) {
            @Override
            public void work(LoEvent[] events, int count) throws InterruptedException {
                boolean third = Stream.of(events).limit(count).anyMatch(event -> Events.number(event) % 3 == 0);
                if (!third || cleansUp) {
                    super.work(events, count);
                }
                if (third) {
                    throw new IllegalStateException("thrown by the test");
                }
            }
        };
        WorkerPool pool = start(List.of(worker), 4);
        putUpTo(1_000);
        // Before the end marker comes: what a worker leaves behind is looked at when it takes the next run.
        Await.until(
                Duration.ofSeconds(50),
                "all are worked on or reported",
                () -> worker.numbers().size() + leftBehind() == 1_000);
        pool.drain();
        assertThat(worker.finished.getCount()).isZero();
        assertThat(errors).extracting(Throwable::getMessage).contains("thrown by the test");
        assertThat(leftBehind() == 0).isEqualTo(cleansUp);
    }

    private long leftBehind() {
        synchronized (errors) {
            return errors.stream()
                    .filter(e -> e.getMessage().startsWith("worker left behind"))
                    .count();
        }
    }

    @Test
    void errorsAndInterruptsDoNotEndAWorkerEither() throws InterruptedException {
        AtomicInteger call = new AtomicInteger();
        StubWorker worker = new StubWorker(1) {
            @Override
            public void work(LoEvent[] events, int count) throws InterruptedException {
                super.work(events, count);
                switch (call.incrementAndGet()) {
                    case 1 -> throw new AssertionError("thrown by the test");
                    case 2 -> throw new InterruptedException();
                    case 3 -> Thread.currentThread().interrupt();
                    default -> {}
                }
            }
        };
        WorkerPool pool = start(List.of(worker), 1);
        putUpTo(10);
        pool.drain();
        assertThat(worker.numbers()).containsExactlyElementsOf(StubWorker.oneTo(10));
        assertThat(errors).hasSizeBetween(2, 3).hasAtLeastOneElementOfType(AssertionError.class);
    }

    @Test
    void errorThatCannotBeLoggedEndsTheRunAndNoWorker() throws InterruptedException {
        StubWorker worker = new StubWorker(1) {
            @Override
            public void work(LoEvent[] events, int count) throws InterruptedException {
                super.work(events, count);
                throw new UnspeakableError();
            }

            @Override
            public void finish() throws InterruptedException {
                super.finish();
                throw new UnspeakableError();
            }
        };
        RunControl control = new RunControl();
        WorkerPool pool =
                WorkerPool.start(ring, List.of(worker), 1, Long.MAX_VALUE, e -> control.bug("internal error", e));
        putUpTo(10);
        pool.drain();
        assertThat(worker.numbers()).containsExactlyElementsOf(StubWorker.oneTo(10));
        assertThat(control.abortReason()).isPresent();
    }

    @Test
    void workerGoesOnWhereItsErrorCannotBeReported() throws InterruptedException {
        StubWorker worker = new StubWorker(1) {
            @Override
            public void work(LoEvent[] events, int count) throws InterruptedException {
                super.work(events, count);
                throw new IllegalStateException("thrown by the test");
            }
        };
        WorkerPool pool = WorkerPool.start(ring, List.of(worker), 1, Long.MAX_VALUE, e -> {
            throw new UnspeakableError();
        });
        putUpTo(100);
        pool.drain();
        assertThat(worker.numbers()).containsExactlyElementsOf(StubWorker.oneTo(100));
        assertThat(worker.finished.getCount()).isZero();
    }

    @Test
    void idleWorkerIsTold() throws InterruptedException {
        StubWorker worker = new StubWorker(1);
        WorkerPool pool = start(List.of(worker), 1);
        assertThat(worker.idled.await(50, TimeUnit.SECONDS)).isTrue();
        pool.drain();
        assertThat(worker.batches).isEmpty();
    }

    @Test
    void drainWaitsUntilAllWorkersHaveFinished() throws InterruptedException {
        AtomicInteger ended = new AtomicInteger();
        List<StubWorker> workers = threeSlowToFinish(64, ended);
        WorkerPool pool = start(workers, 64);
        putUpTo(1_000);
        pool.drain();
        assertThat(ended).hasValue(3);
        assertThat(StubWorker.numbers(workers)).hasSize(1_000);
    }

    @Test
    void drainEndsAlsoWhenFinishThrows() throws InterruptedException {
        StubWorker worker = new StubWorker(1) {
            @Override
            public void finish() {
                throw new IllegalStateException("thrown by the test");
            }
        };
        start(List.of(worker), 1).drain();
        assertThat(errors).singleElement().hasToString("java.lang.IllegalStateException: thrown by the test");
    }

    @Test
    void runThatHasEndedStillEmptiesItsRing() throws InterruptedException {
        LoRing ended = new LoRing("stage", 2, new EndWhen(() -> true));
        StubWorker worker = new StubWorker(1) {
            @Override
            public void work(LoEvent[] events, int count) throws InterruptedException {
                Thread.sleep(20);
                super.work(events, count);
            }
        };
        // More end markers than slots: each has to wait for room although the ring is given up.
        List<StubWorker> workers = List.of(worker, new StubWorker(1), new StubWorker(1), new StubWorker(1));
        WorkerPool pool = WorkerPool.start(ended, workers, 1, Long.MAX_VALUE, errors::add);
        int accepted = 0;
        for (long number = 1; number <= 50; number++) {
            accepted += ended.put(Events.numbered(number)) ? 1 : 0;
        }
        pool.drain();
        assertThat(StubWorker.numbers(workers)).hasSize(accepted);
        assertThat(workers)
                .allSatisfy(each -> assertThat(each.finished.getCount()).isZero());
    }

    /** A second set of end markers would find no worker to take it, and fill this ring for ever. */
    @Test
    void drainCanBeBegunAgainAfterAnInterrupt() throws InterruptedException {
        LoRing small = new LoRing("stage", 2, RunEnd.NEVER);
        AtomicInteger ended = new AtomicInteger();
        List<StubWorker> workers = threeSlowToFinish(1, ended);
        WorkerPool pool = WorkerPool.start(small, workers, 1, Long.MAX_VALUE, errors::add);
        assertThat(InterruptedDrain.of(pool, 3)).isEqualTo(3);
        assertThat(ended).hasValue(3);
    }

    @Test
    void threadsAreNamedAfterTheStage() throws InterruptedException {
        List<String> names = Collections.synchronizedList(new ArrayList<>());
        List<StubWorker> workers = Stream.<StubWorker>generate(() -> new StubWorker(1) {
                    @Override
                    public void finish() {
                        names.add(Thread.currentThread().getName());
                    }
                })
                .limit(2)
                .toList();
        start(workers, 1).drain();
        assertThat(names).containsExactlyInAnyOrder("stage-1", "stage-2");
    }

    /** Workers that take their time at the end, and count themselves after that. */
    private static List<StubWorker> threeSlowToFinish(int maxBatch, AtomicInteger ended) {
        return Stream.<StubWorker>generate(() -> new StubWorker(maxBatch) {
                    @Override
                    public void finish() throws InterruptedException {
                        Thread.sleep(200);
                        ended.incrementAndGet();
                    }
                })
                .limit(3)
                .toList();
    }

    private WorkerPool start(List<StubWorker> workers, int maxBatch) {
        return WorkerPool.start(ring, workers, maxBatch, Long.MAX_VALUE, errors::add);
    }

    private void putUpTo(long last) {
        for (long number = 1; number <= last; number++) {
            assertThat(ring.put(Events.numbered(number))).isTrue();
        }
    }
}
