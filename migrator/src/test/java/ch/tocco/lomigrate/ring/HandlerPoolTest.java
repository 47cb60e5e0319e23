package ch.tocco.lomigrate.ring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEnd;
import ch.tocco.lomigrate.lo.LoEvent;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.UnspeakableError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The handlers of a stage: who gets what, when they are told to flush, how the stage ends. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // an endless put is not interruptible
final class HandlerPoolTest {
    private final LoRing ring = new LoRing("stage", 8, RunEnd.NEVER);
    private final List<Throwable> errors = Collections.synchronizedList(new ArrayList<>());

    /** Takes events over and notes what it was told. */
    private static class StubHandler implements Handler {
        final List<Long> taken = Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch batchEnded = new CountDownLatch(1);
        final CountDownLatch idled = new CountDownLatch(1);
        final AtomicInteger finished = new AtomicInteger();
        private final LoEvent own = new LoEvent();

        @Override
        public void take(LoEvent event) throws InterruptedException {
            own.moveFrom(event);
            taken.add(Events.number(own));
            own.clear();
        }

        @Override
        public void endOfBatch() throws InterruptedException {
            batchEnded.countDown();
        }

        @Override
        public void idle() throws InterruptedException {
            idled.countDown();
        }

        @Override
        public void finish() throws InterruptedException {
            finished.incrementAndGet();
        }
    }

    @Test
    void eachHandlerTakesEveryNth() throws InterruptedException {
        List<StubHandler> handlers = Stream.generate(StubHandler::new).limit(3).toList();
        HandlerPool pool = start(handlers);
        putUpTo(3_000);
        pool.drain();
        for (int i = 0; i < 3; i++) {
            int index = i;
            assertThat(handlers.get(i).taken).isSorted().hasSize(1_000).allMatch(number -> (number - 1) % 3 == index);
        }
        assertThat(errors).isEmpty();
    }

    @Test
    void allMeetTheOneEndMarkerOnce() throws InterruptedException {
        List<StubHandler> handlers = Stream.generate(StubHandler::new).limit(3).toList();
        HandlerPool pool = start(handlers);
        putUpTo(1);
        pool.drain();
        assertThat(handlers).allSatisfy(handler -> assertThat(handler.finished).hasValue(1));
    }

    @Test
    void handlersAreToldOfTheEndOfABatchAndOfSilence() throws InterruptedException {
        List<StubHandler> handlers = Stream.generate(StubHandler::new).limit(2).toList();
        HandlerPool pool = start(handlers);
        ring.put(Events.numbered(1));
        for (StubHandler handler : handlers) {
            assertThat(handler.batchEnded.await(50, TimeUnit.SECONDS)).isTrue();
            assertThat(handler.idled.await(50, TimeUnit.SECONDS)).isTrue();
        }
        pool.drain();
    }

    /** Slots that come one by one, as a slow store answers: each handler is woken for many of them. */
    @Test
    void handlersOfAGatheringRingAreWokenForManySlots() throws InterruptedException {
        LoRing gathering = LoRing.gathering("stage", 4_096, RunEnd.NEVER);
        AtomicInteger batches = new AtomicInteger();
        StubHandler handler = new StubHandler() {
            @Override
            public void endOfBatch() {
                batches.incrementAndGet();
            }
        };
        HandlerPool pool = HandlerPool.start(gathering, List.of(handler), errors::add);
        int count = 200;
        for (int i = 1; i <= count; i++) {
            gathering.put(Events.numbered(i));
            Thread.sleep(1);
        }
        pool.drain();
        assertThat(handler.taken).isEqualTo(StubWorker.oneTo(count));
        assertThat(batches.get()).isLessThan(count / 4);
    }

    @Test
    void handlersOfAGatheringRingAreToldOfSilence() throws InterruptedException {
        LoRing gathering = LoRing.gathering("stage", 4_096, RunEnd.NEVER);
        StubHandler handler = new StubHandler();
        HandlerPool pool = HandlerPool.start(gathering, List.of(handler), errors::add);
        gathering.put(Events.numbered(1));
        assertThat(handler.batchEnded.await(50, TimeUnit.SECONDS)).isTrue();
        assertThat(handler.idled.await(50, TimeUnit.SECONDS)).isTrue();
        pool.drain();
    }

    @Test
    void nothingIsAskedOfAHandlerThatHasFinished() throws InterruptedException {
        List<String> late = Collections.synchronizedList(new ArrayList<>());
        StubHandler quick = new StubHandler() {
            @Override
            public void endOfBatch() {
                note("end of batch");
            }

            @Override
            public void idle() {
                note("idle");
            }

            private void note(String what) {
                if (finished.get() > 0) {
                    late.add(what);
                }
            }
        };
        StubHandler slow = new StubHandler() {
            @Override
            public void finish() throws InterruptedException {
                Thread.sleep(4 * LoRing.IDLE.toMillis());
                super.finish();
            }
        };
        HandlerPool pool = start(List.of(quick, slow));
        putUpTo(10);
        pool.drain();
        assertThat(slow.finished).as("drain waits for the slowest").hasValue(1);
        assertThat(late).isEmpty();
    }

    @Test
    void handlerThatThrowsGoesOnAndItsSlotIsReusable() throws Exception {
        StubHandler handler = new StubHandler() {
            @Override
            public void take(LoEvent event) throws InterruptedException {
                if (Events.number(event) % 3 == 0) {
                    throw new IllegalStateException("thrown by the test");
                }
                super.take(event);
            }

            @Override
            public void idle() {
                throw new AssertionError("thrown when idle");
            }

            @Override
            public void finish() throws InterruptedException {
                super.finish();
                throw new IllegalStateException("thrown at the end");
            }
        };
        HandlerPool pool = start(List.of(handler));
        putUpTo(300);
        Await.until(
                Duration.ofSeconds(50),
                "the idle handler throws",
                () -> List.copyOf(errors).stream().anyMatch(AssertionError.class::isInstance));
        putUpTo(300);
        pool.drain();
        assertThat(handler.taken).hasSize(400);
        assertThat(errors)
                .filteredOn(e -> "thrown by the test".equals(e.getMessage()))
                .hasSize(200);
        assertThat(errors)
                .extracting(Throwable::getMessage)
                .contains("thrown when idle")
                .endsWith("thrown at the end");
        assertThat(handler.finished).hasValue(1);
    }

    private static final class UnspeakableHandler extends StubHandler {
        @Override
        public void take(LoEvent event) throws InterruptedException {
            super.take(event);
            throw new UnspeakableError();
        }

        @Override
        public void finish() throws InterruptedException {
            super.finish();
            throw new UnspeakableError();
        }
    }

    @Test
    void errorThatCannotBeLoggedEndsTheRunAndNoHandler() throws InterruptedException {
        UnspeakableHandler handler = new UnspeakableHandler();
        RunControl control = new RunControl();
        HandlerPool pool = HandlerPool.start(ring, List.of(handler), e -> control.bug("internal error", e));
        putUpTo(10);
        pool.drain();
        assertThat(handler.taken).hasSize(10);
        assertThat(control.abortReason()).isPresent();
    }

    @Test
    void handlerGoesOnWhereItsErrorCannotBeReported() throws InterruptedException {
        UnspeakableHandler handler = new UnspeakableHandler();
        HandlerPool pool = HandlerPool.start(ring, List.of(handler), e -> {
            throw new UnspeakableError();
        });
        putUpTo(100);
        pool.drain();
        assertThat(handler.taken).hasSize(100);
        assertThat(handler.finished).hasValue(1);
    }

    /** Stands for whatever can go wrong while waiting, memory that is used up for example. */
    @Test
    void handlerThatIsInterruptedWhileItWaitsLosesNoSlot() throws Exception {
        Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        StubHandler handler = new StubHandler() {
            @Override
            public void idle() throws InterruptedException {
                super.idle();
                if (threads.isEmpty()) {
                    threads.add(Thread.currentThread());
                }
            }
        };
        HandlerPool pool = start(List.of(handler));
        Await.until(Duration.ofSeconds(50), "the handler is idle", () -> !threads.isEmpty());
        for (int i = 0; i < 20; i++) {
            Thread waiting = threads.element();
            waiting.interrupt();
            Await.until(Duration.ofSeconds(50), "the interrupt is noticed", () -> !waiting.isInterrupted());
        }
        putUpTo(8);
        pool.drain();
        assertThat(handler.taken).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    }

    @Test
    void slowHandlerHoldsBackNoMoreThanTheRing() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        StubHandler slow = new StubHandler() {
            @Override
            public void take(LoEvent event) throws InterruptedException {
                go.await();
                super.take(event);
            }
        };
        StubHandler quick = new StubHandler();
        HandlerPool pool = start(List.of(slow, quick));
        putUpTo(8);
        assertThat(ring.tryPut(Events.numbered(9))).isFalse();
        go.countDown();
        ring.put(Events.numbered(9));
        pool.drain();
        assertThat(slow.taken).containsExactly(1L, 3L, 5L, 7L, 9L);
        assertThat(quick.taken).containsExactly(2L, 4L, 6L, 8L);
    }

    @Test
    void drainCanBeBegunAgainAfterAnInterrupt() throws InterruptedException {
        StubHandler handler = new StubHandler() {
            @Override
            public void finish() throws InterruptedException {
                Thread.sleep(100);
                super.finish();
            }
        };
        HandlerPool pool = start(List.of(handler));
        putUpTo(5);
        assertThat(InterruptedDrain.of(pool, 3)).isEqualTo(3);
        assertThat(handler.finished).hasValue(1);
        assertThat(handler.taken).hasSize(5);
        assertThat(errors).isEmpty();
    }

    private HandlerPool start(List<StubHandler> handlers) {
        return HandlerPool.start(ring, handlers, errors::add);
    }

    private void putUpTo(long last) {
        for (long number = 1; number <= last; number++) {
            assertThat(ring.put(Events.numbered(number))).isTrue();
        }
    }
}
