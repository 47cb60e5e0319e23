package ch.tocco.lomigrate.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.UnspeakableError;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run ends once, for one reason, and each that wants to know is told once. */
@Timeout(60)
final class RunControlTest {
    private final RunControl control = new RunControl();
    private final RunAborted outage = new RunAborted(RunAborted.Kind.OUTAGE, "away", null);
    private final RunAborted fault = new RunAborted(RunAborted.Kind.FAULT, "login refused", new Exception("cause"));
    private final AtomicInteger told = new AtomicInteger();

    @Test
    void runGoesOnUntilItIsEnded() {
        assertThat(control.ended()).isFalse();
        assertThat(control.stopped()).isFalse();
        assertThat(control.abortReason()).isEmpty();
    }

    @Test
    void stopEndsItWithoutAReason() {
        control.stop();
        assertThat(control.ended()).isTrue();
        assertThat(control.stopped()).isTrue();
        assertThat(control.abortReason()).isEmpty();
    }

    @Test
    void abortEndsItWithItsReason() {
        control.abort(fault);
        assertThat(control.ended()).isTrue();
        assertThat(control.stopped()).isFalse();
        assertThat(control.abortReason()).containsSame(fault);
        assertThat(fault.kind()).isEqualTo(RunAborted.Kind.FAULT);
        assertThat(fault).hasMessage("login refused").hasRootCauseMessage("cause");
    }

    @Test
    void firstReasonIsTheOneThatIsReported() {
        control.abort(outage);
        control.abort(fault);
        control.stop();
        assertThat(control.abortReason()).containsSame(outage);
        assertThat(control.stopped()).isFalse();
    }

    @Test
    void abortAfterAStopDoesNotCount() {
        control.stop();
        control.abort(fault);
        assertThat(control.stopped()).isTrue();
        assertThat(control.abortReason()).isEmpty();
    }

    @Test
    void listenersAreToldOnceOnTheThreadThatEndsIt() {
        Thread[] by = new Thread[1];
        control.onEnd(told::incrementAndGet);
        control.onEnd(() -> by[0] = Thread.currentThread());
        assertThat(told).hasValue(0);
        control.stop();
        control.stop();
        control.abort(fault);
        assertThat(told).hasValue(1);
        assertThat(by[0]).isSameAs(Thread.currentThread());
    }

    @Test
    void lateListenerIsToldAtOnce() {
        control.stop();
        control.onEnd(told::incrementAndGet);
        assertThat(told).hasValue(1);
    }

    @Test
    void listenerFindsTheRunEnded() {
        boolean[] ended = new boolean[1];
        control.onEnd(() -> ended[0] = control.ended());
        control.abort(fault);
        assertThat(ended[0]).isTrue();
    }

    @Test
    void listenerThatFailsKeepsNoOtherFromBeingTold() {
        control.onEnd(() -> {
            throw new UnspeakableError();
        });
        control.onEnd(told::incrementAndGet);
        control.stop();
        assertThat(told).hasValue(1);
    }

    @Test
    void closedListenerIsNotTold() {
        RunEnd.Registration registration = control.onEnd(told::incrementAndGet);
        control.onEnd(told::incrementAndGet);
        registration.close();
        registration.close();
        control.stop();
        assertThat(told).hasValue(1);
    }

    @Test
    void pauseLastsForItsTimeWhileTheRunGoesOn() throws InterruptedException {
        long begun = System.nanoTime();
        control.pause(Duration.ofMillis(100));
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(100_000_000);
    }

    @Test
    void endOfTheRunEndsAPause() throws Exception {
        var pausing = Background.run(() -> control.pause(Duration.ofHours(1)));
        Await.stays(Duration.ofMillis(100), "it pauses", () -> !pausing.isDone());
        control.stop();
        pausing.get(50, TimeUnit.SECONDS);
        control.pause(Duration.ofHours(1)); // nor does another one begin
    }

    @Test
    void stopGraceEndsAPauseOnlyWhenItIsOver() throws Exception {
        var grace = new StopGrace(control, Duration.ofMillis(300));
        var pausing = Background.run(() -> grace.pause(Duration.ofHours(1)));
        long begun = System.nanoTime();
        control.stop();
        pausing.get(50, TimeUnit.SECONDS);
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(300_000_000);
        assertThat(grace.ended()).isTrue();
    }

    @Test
    void waitEndsWithWhatIsAwaited() throws Exception {
        var awaited = new CompletableFuture<String>();
        var waiting = Background.call(() -> control.await(awaited, Duration.ofHours(1)));
        Await.stays(Duration.ofMillis(100), "it waits", () -> !waiting.isDone());
        awaited.complete("there");
        assertThat(waiting.get(50, TimeUnit.SECONDS)).isTrue();
        assertThat(control.await(awaited, Duration.ZERO)).isTrue();
        assertThat(control.await(new CompletableFuture<>(), Duration.ofMillis(10)))
                .isFalse();
    }

    @Test
    void interruptEndsAPause() {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> control.pause(Duration.ofHours(1)));
    }

    @Test
    void errorThatNobodyExpectsIsTheReason() {
        var error = new IllegalStateException("injected");
        control.bug("storer", error);
        assertThat(control.abortReason())
                .hasValueSatisfying(reason -> assertThat(reason)
                        .hasMessage("storer: java.lang.IllegalStateException: injected")
                        .hasCause(error));
    }

    @Test
    void errorThatCannotBePutIntoWordsEndsTheRunAllTheSame() {
        control.bug("storer", new UnspeakableError());
        assertThat(control.abortReason())
                .hasValueSatisfying(reason ->
                        assertThat(reason.getMessage()).isEqualTo("storer: " + UnspeakableError.class.getName()));
    }

    @Test
    void memoryThatIsUsedUpBeforeItCanBeSaidEndsTheRunAllTheSame() {
        control.bug("storer", new OutOfMemoryError() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new OutOfMemoryError("injected");
            }
        });
        assertThat(control.abortReason())
                .hasValueSatisfying(reason -> assertThat(reason).hasMessageContaining("possibly out of memory"));
    }

    @Test
    void bugThatIsAKnownReasonIsReportedAsSuch() {
        control.bug("storer", outage);
        assertThat(control.abortReason()).containsSame(outage);
    }

    @Test
    void listenersAreToldOnceHoweverManyEndIt() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            RunControl raced = new RunControl();
            AtomicInteger calls = new AtomicInteger();
            CyclicBarrier together = new CyclicBarrier(4);
            List<Thread> threads = IntStream.range(0, 4)
                    .mapToObj(i -> new Thread(() -> {
                        await(together);
                        if (i < 2) {
                            raced.onEnd(calls::incrementAndGet);
                        } else {
                            raced.abort(i == 2 ? outage : fault);
                        }
                    }))
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(calls).hasValue(2);
            assertThat(raced.abortReason()).isPresent();
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
