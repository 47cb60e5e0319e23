package ch.tocco.lomigrate.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers wait together while a server is away, one of them asks after it, and all go on when it answers. */
@Timeout(60)
final class BreakerTest {
    /** Longer than the first two backoffs can be. */
    private static final Duration BACKOFF = Duration.ofMillis(250);

    private final RunControl control = new RunControl();
    private final Breaker breaker = new Breaker("the store", Duration.ofMinutes(30), control);

    @Test
    void allMayGoWhileTheServerAnswers() throws Exception {
        for (int i = 0; i < 10; i++) {
            breaker.awaitTurn(RunEnd.NEVER);
            assertThat(breaker.tryTurn()).isTrue();
        }
        assertThat(breaker.waiting()).isEmpty();
    }

    @Test
    void whoeverCannotBlockIsToldWhenItIsWorthAskingAgainAndHowLongAtLeastItIsNot() throws Exception {
        AtomicInteger told = new AtomicInteger();
        RunEnd.Registration watching = breaker.onChange(told::incrementAndGet);
        assertThat(breaker.nanosToTurn()).isZero();
        breaker.failed("503");
        assertThat(told).hasValue(1);
        breaker.awaitTurn(RunEnd.NEVER);
        assertThat(breaker.nanosToTurn()).as("until the probe has ended").isEqualTo(Long.MAX_VALUE);
        breaker.failed("503 again");
        assertThat(told).hasValue(2);
        assertThat(breaker.nanosToTurn()).isBetween(0L, BACKOFF.toNanos());
        breaker.awaitTurn(RunEnd.NEVER);
        breaker.answers();
        assertThat(told).hasValue(3);
        breaker.failed("cut off");
        breaker.succeeded();
        assertThat(told).hasValue(5);
        assertThat(breaker.nanosToTurn()).isZero();
        breaker.succeeded();
        assertThat(told).as("nothing changes").hasValue(5);
        watching.close();
        breaker.failed("503");
        assertThat(told).hasValue(5);
    }

    @Test
    void oneAtATimeTriesAgain() throws Exception {
        breaker.failed("503");
        breaker.awaitTurn(RunEnd.NEVER);
        Await.stays(BACKOFF, "a probe is under way", () -> !breaker.tryTurn());
        breaker.failed("503 again");
        awaitTryTurn();
        assertThat(breaker.tryTurn()).isFalse();
    }

    @Test
    void successLetsAllGoOn() throws Exception {
        breaker.failed("503");
        breaker.awaitTurn(RunEnd.NEVER);
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            AtomicInteger through = new AtomicInteger();
            List<Future<?>> waiting = Stream.<Future<?>>generate(() -> pool.submit(() -> {
                        breaker.awaitTurn(RunEnd.NEVER);
                        return through.incrementAndGet();
                    }))
                    .limit(3)
                    .toList();
            Await.stays(BACKOFF, "all wait while a probe is under way", () -> through.get() == 0);
            breaker.succeeded();
            for (Future<?> each : waiting) {
                each.get(50, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(breaker.waiting()).isEmpty();
    }

    @Test
    void threadThatMustNotWaitEndsNoOutage() {
        assertThat(breaker.trySucceeded()).isTrue();
        assertThat(breaker.successes()).isEqualTo(1);
        breaker.failed("503");
        assertThat(breaker.trySucceeded()).as("that is said in the log").isFalse();
        assertThat(breaker.successes()).isEqualTo(1);
        breaker.succeeded();
        assertThat(breaker.trySucceeded()).isTrue();
        assertThat(breaker.successes()).isEqualTo(3);
    }

    @Test
    void outageIsSaidWhenTheFirstProbeHasFailed() throws Exception {
        breaker.failed("connection refused");
        assertThat(breaker.waiting()).as("may have been only a hiccup").isEmpty();
        breaker.awaitTurn(RunEnd.NEVER);
        breaker.failed("timed out");
        assertThat(breaker.waiting())
                .hasValueSatisfying(text -> assertThat(text).matches("waiting for the store since \\d+ s: timed out"));
        breaker.succeeded();
        assertThat(breaker.waiting()).isEmpty();
    }

    /** 64 requests under way fail one after the other: still the first backoff, of 100 ms at most. */
    @Test
    void failuresOfWhatWasUnderWayDoNotLengthenTheBackoff() throws Exception {
        for (int i = 0; i < 64; i++) {
            breaker.failed("connection reset " + i);
        }
        assertThat(breaker.waiting()).as("no probe has failed").isEmpty();
        long before = System.nanoTime();
        breaker.awaitTurn(RunEnd.NEVER);
        assertThat(System.nanoTime() - before).isLessThan(Duration.ofSeconds(5).toNanos());
    }

    /** Else each of them would let one more probe go, and make the next one wait twice as long. */
    @Test
    void lateFailureOfWhatWasUnderWayIsNotTakenForTheProbes() throws Exception {
        long beforeTheOutage = System.nanoTime();
        breaker.failed("connection reset");
        breaker.awaitTurn(RunEnd.NEVER);
        breaker.failed("timed out", beforeTheOutage);
        assertThat(breaker.waiting()).as("the probe has not failed").isEmpty();
        Await.stays(BACKOFF, "the probe is still under way", () -> !breaker.tryTurn());
        breaker.failed("connection reset again");
        assertThat(breaker.waiting()).isPresent();
        awaitTryTurn();
    }

    @Test
    void waitEndsWhenTheCallerGivesUp() throws Exception {
        breaker.failed("503");
        breaker.awaitTurn(RunEnd.NEVER);
        RunControl giveUp = new RunControl();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<?> waiting = pool.submit(() -> {
                assertThatExceptionOfType(RunEndedException.class)
                        .isThrownBy(() -> breaker.awaitTurn(giveUp))
                        .withMessageContaining("the store");
            });
            Await.stays(BACKOFF, "it waits", () -> !waiting.isDone());
            giveUp.stop();
            waiting.get(50, TimeUnit.SECONDS);
        } finally {
            pool.shutdownNow();
        }
        assertThat(control.ended()).isFalse();
    }

    @Test
    void outageThatOutlastsTheTimeoutAbortsTheRun() throws Exception {
        Breaker impatient = new Breaker("PostgreSQL", Duration.ofMillis(300), control);
        impatient.failed("connection refused");
        assertThatExceptionOfType(RunEndedException.class).isThrownBy(() -> {
            while (true) {
                impatient.awaitTurn(RunEnd.NEVER);
                impatient.failed("connection refused");
            }
        });
        assertThat(control.abortReason()).hasValueSatisfying(reason -> {
            assertThat(reason.kind()).isEqualTo(RunAborted.Kind.OUTAGE);
            assertThat(reason).hasMessageContaining("PostgreSQL").hasMessageContaining("connection refused");
        });
        assertThat(impatient.tryTurn()).isFalse();
    }

    /** It may be a large one that is getting on well. The sender bounds its time, and then it fails. */
    @Test
    void probeThatOutlastsTheTimeoutIsJudgedWhenItFails() throws Exception {
        Duration timeout = Duration.ofMillis(300);
        Breaker impatient = new Breaker("PostgreSQL", timeout, control);
        impatient.failed("gone");
        impatient.awaitTurn(RunEnd.NEVER);
        AtomicInteger turns = new AtomicInteger();
        var waiting = Background.run(() -> {
            while (true) {
                impatient.awaitTurn(RunEnd.NEVER); // may be the next to try, as the pause before that may be none
                turns.incrementAndGet();
                impatient.failed("timed out");
            }
        });
        Await.stays(timeout.multipliedBy(3), "it waits", () -> turns.get() == 0 && !impatient.tryTurn());
        assertThat(control.ended()).isFalse();
        impatient.failed("timed out");
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> waiting.orTimeout(50, TimeUnit.SECONDS).join())
                .withCauseInstanceOf(RunEndedException.class);
        assertThat(control.abortReason())
                .hasValueSatisfying(reason -> assertThat(reason).hasMessageContaining("timed out"));
    }

    @Test
    void beginningOfAnAnswerLetsAllGoOnButIsNoSuccess() throws Exception {
        Duration timeout = Duration.ofMillis(500);
        Breaker impatient = new Breaker("PostgreSQL", timeout, control);
        impatient.failed("gone");
        impatient.awaitTurn(RunEnd.NEVER);
        impatient.failed("gone again");
        impatient.awaitTurn(RunEnd.NEVER);
        impatient.answers();
        assertThat(impatient.successes()).isZero();
        assertThat(impatient.waiting()).isEmpty();
        Await.stays(timeout.multipliedBy(2), "all may go", impatient::tryTurn);
        assertThat(control.ended()).isFalse();
    }

    /** The time of the answer does not count, or what breaks off once after hours would end the run. */
    @Test
    void answerThatBreaksOffIsTheSameOutageWithoutItsOwnTime() throws Exception {
        Duration timeout = Duration.ofSeconds(3);
        Breaker impatient = new Breaker("PostgreSQL", timeout, control);
        impatient.failed("gone");
        impatient.awaitTurn(RunEnd.NEVER);
        impatient.answers();
        Thread.sleep(timeout.toMillis() + 100);
        impatient.failed("broken off");
        assertThat(impatient.waiting())
                .as("the second failure without a success")
                .hasValueSatisfying(text -> assertThat(text).contains("broken off"));
        impatient.awaitTurn(RunEnd.NEVER);
        assertThat(control.ended()).isFalse();
    }

    @Test
    void serverThatBreaksOffEveryAnswerIsNotWaitedForForEver() {
        Breaker impatient = new Breaker("PostgreSQL", Duration.ofMillis(300), control);
        impatient.failed("gone");
        assertThatExceptionOfType(RunEndedException.class).isThrownBy(() -> {
            while (true) {
                impatient.awaitTurn(RunEnd.NEVER);
                long begun = System.nanoTime();
                impatient.answers();
                impatient.failed("broken off", begun);
            }
        });
        assertThat(control.ended()).isTrue();
    }

    /** What was under way when the outage began says nothing about a server that was heard since. */
    @Test
    void lateFailureAfterTheBeginningOfAnAnswerMakesNobodyWait() throws Exception {
        long beforeTheOutage = System.nanoTime();
        breaker.failed("connection reset");
        breaker.awaitTurn(RunEnd.NEVER);
        breaker.answers();
        breaker.failed("timed out", beforeTheOutage);
        assertThat(breaker.tryTurn()).isTrue();
        assertThat(breaker.tryTurn()).isTrue();
    }

    @Test
    void timeoutCountsFromTheBeginningOfEachOutage() throws Exception {
        Duration timeout = Duration.ofSeconds(3);
        Breaker impatient = new Breaker("PostgreSQL", timeout, control);
        impatient.failed("gone");
        impatient.awaitTurn(RunEnd.NEVER);
        impatient.succeeded();
        Thread.sleep(timeout.toMillis() + 100);
        impatient.failed("gone again");
        impatient.awaitTurn(RunEnd.NEVER);
        assertThat(control.ended()).isFalse();
    }

    @Test
    void successesAreCounted() {
        long before = breaker.successes();
        breaker.succeeded();
        breaker.failed("503");
        breaker.succeeded();
        assertThat(breaker.successes() - before).isEqualTo(2);
    }

    private void awaitTryTurn() throws InterruptedException {
        while (!breaker.tryTurn()) {
            Thread.sleep(5);
        }
    }

    @Test
    void callsThatAreMadeAgainAreCountedByCauseAndMadeUpCausesTogether() {
        breaker.triedAgain("HTTP 503");
        breaker.triedAgain("HTTP 503");
        for (int i = 0; i < 100; i++) {
            breaker.triedAgain("HTTP 9" + i);
        }
        breaker.triedAgain("HTTP 503");
        assertThat(breaker.triedAgain()).containsEntry("HTTP 503", 3L).hasSizeLessThanOrEqualTo(51);
        assertThat(breaker.triedAgain().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(103);
    }

    @Test
    void awayIsAsLongAsTheRunWaits() throws Exception {
        assertThat(breaker.away()).isEmpty();
        breaker.failed("503");
        assertThat(breaker.away()).isEmpty();
        awaitTryTurn();
        breaker.failed("503 again");
        assertThat(breaker.away()).isPresent();
        breaker.succeeded();
        assertThat(breaker.away()).isEmpty();
    }
}
