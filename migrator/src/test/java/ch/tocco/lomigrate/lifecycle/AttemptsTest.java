package ch.tocco.lomigrate.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lifecycle.Attempts.Next;
import ch.tocco.lomigrate.lifecycle.Attempts.Pace;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose failure it is: the thing's own, or the server's. */
@Timeout(60)
final class AttemptsTest {
    private final RunControl control = new RunControl();
    private final Breaker breaker = new Breaker("the store", Duration.ofMinutes(10), control);
    private final Attempts attempts = new Attempts(breaker, Pace.STORE);

    @BeforeEach
    void begin() throws Exception {
        next();
    }

    /** The caller's turn at the breaker, and its attempt. */
    private void next() throws Exception {
        breaker.awaitTurn(control);
        attempts.begin();
    }

    private boolean nobodyWaits() {
        return breaker.tryTurn();
    }

    @Test
    void whoFailsWhileNobodySucceedsIsNotToBlame() throws Exception {
        for (int i = 0; i < 2 * Attempts.MAX_OWN && i < 6; i++) {
            assertThat(attempts.failed("connection refused", Suspicion.NONE)).isEqualTo(Next.TRY_AGAIN);
            next();
        }
        assertThat(attempts.own()).isZero();
        assertThat(breaker.waiting())
                .hasValueSatisfying(words -> assertThat(words).contains("connection refused"));
    }

    @Test
    void whoFailsWhileOthersSucceedIsGivenUpAtLast() throws Exception {
        for (int i = 1; i < Attempts.MAX_OWN; i++) {
            breaker.succeeded();
            assertThat(attempts.failed("connection reset", Suspicion.NONE)).isEqualTo(Next.TRY_AGAIN);
            next();
        }
        breaker.succeeded();
        assertThat(attempts.failed("connection reset", Suspicion.NONE)).isEqualTo(Next.GIVE_UP);
        assertThat(attempts.own()).isEqualTo(Attempts.MAX_OWN);
    }

    @Test
    void serverThatAnsweredToThisAloneMakesNobodyWait() throws Exception {
        for (int i = 1; i < Attempts.MAX_OWN; i++) {
            assertThat(attempts.failed("deadlock", Suspicion.THIS)).isEqualTo(Next.TRY_AGAIN);
            assertThat(nobodyWaits()).isTrue();
            next();
        }
        assertThat(attempts.failed("deadlock", Suspicion.THIS)).isEqualTo(Next.GIVE_UP);
    }

    @Test
    void lonelyFailureThatMayBeTheThingsOwnWantsAProbeAtTheSecondTime() throws Exception {
        assertThat(attempts.failed("500", Suspicion.PERHAPS_THIS)).isEqualTo(Next.TRY_AGAIN);
        next();
        assertThat(attempts.failed("500", Suspicion.PERHAPS_THIS)).isEqualTo(Next.PROBE);
        assertThat(breaker.waiting()).as("nothing is said before the probe").isEmpty();
        assertThat(attempts.probed(true)).isEqualTo(Next.TRY_AGAIN);
        assertThat(attempts.own()).isEqualTo(1);
        assertThat(nobodyWaits()).isTrue();
    }

    @Test
    void probeThatFailsTooTellsThatTheServerIsAway() throws Exception {
        attempts.failed("500", Suspicion.PERHAPS_THIS);
        next();
        assertThat(attempts.failed("500 again", Suspicion.PERHAPS_THIS)).isEqualTo(Next.PROBE);
        assertThat(attempts.probed(false)).isEqualTo(Next.TRY_AGAIN);
        assertThat(attempts.own()).isZero();
        assertThat(breaker.waiting())
                .hasValueSatisfying(words -> assertThat(words).contains("500 again"));
    }

    @Test
    void thingIsGivenUpBesideProbes() throws Exception {
        attempts.failed("500", Suspicion.PERHAPS_THIS);
        for (int i = 1; i < Attempts.MAX_OWN; i++) {
            next();
            assertThat(attempts.failed("500", Suspicion.PERHAPS_THIS)).isEqualTo(Next.PROBE);
            assertThat(attempts.probed(true)).isEqualTo(Next.TRY_AGAIN);
        }
        next();
        attempts.failed("500", Suspicion.PERHAPS_THIS);
        assertThat(attempts.probed(true)).isEqualTo(Next.GIVE_UP);
    }

    @Test
    void whatTheServerLacksIsWaitedOutHoweverManyOthersSucceed() throws Exception {
        for (int i = 1; i <= 2 * Attempts.MAX_OWN; i++) {
            breaker.succeeded();
            assertThat(attempts.failed("read only", Suspicion.SERVER)).isEqualTo(Next.OUTWAIT);
            breaker.succeeded();
            next();
        }
        assertThat(attempts.own()).isZero();
        assertThat(attempts.lacks()).isEqualTo(2 * Attempts.MAX_OWN);
        assertThat(attempts.lacking()).isPositive();
        attempts.answered();
        assertThat(attempts.lacks()).isZero();
    }

    @Test
    void nextThingBeginsWithoutFailures() {
        breaker.succeeded();
        attempts.failed("connection reset", Suspicion.NONE);
        attempts.reset();
        assertThat(attempts.own()).isZero();
    }

    @Test
    void pauseGrowsWithOwnFailuresAsFarAsItsPaceAllows() throws Exception {
        var conflict = new Attempts(breaker, Pace.DATABASE);
        long longest = 0;
        for (int i = 1; i < Attempts.MAX_OWN; i++) {
            breaker.awaitTurn(control);
            conflict.begin();
            conflict.failed("deadlock", Suspicion.THIS);
            longest = TimeUnit.MILLISECONDS.toNanos(100L << (i - 1));
            assertThat(conflict.pauseNanos()).isBetween(0L, longest);
            next();
            attempts.failed("corrupted", Suspicion.THIS);
            assertThat(attempts.pauseNanos()).isLessThan(TimeUnit.MILLISECONDS.toNanos(800));
        }
        assertThat(longest).isGreaterThan(TimeUnit.SECONDS.toNanos(6));
    }
}
