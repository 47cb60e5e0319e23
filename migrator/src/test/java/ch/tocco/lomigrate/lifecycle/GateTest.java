package ch.tocco.lomigrate.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.pacing.Limits;
import ch.tocco.lomigrate.testkit.Background;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A closed gate begins nothing, an end of the run opens it for those who wait, and limits end the run. */
@Timeout(60)
final class GateTest {
    private static final long A_MOMENT = 100;

    private final RunControl control = new RunControl();
    private final Gate gate = control.gate();

    private static boolean waits(CompletableFuture<Boolean> asked) throws Exception {
        try {
            asked.get(A_MOMENT, TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException e) {
            return true;
        }
    }

    private static RunControl limited(OptionalLong objects, OptionalLong bytes) {
        return new RunControl(Double.POSITIVE_INFINITY, new Limits(Optional.empty(), objects, bytes, Optional.empty()));
    }

    @Test
    void openGateLetsAllBegin() throws Exception {
        assertThat(gate.mayBegin()).isTrue();
        assertThat(gate.mayPut(1)).isTrue();
        assertThat(gate.mayPutInParts(1)).isTrue();
        assertThat(gate.waiting()).isEmpty();
    }

    @Test
    void closedGateHoldsUpReadsAndPutsUntilAllHaveOpenedIt() throws Exception {
        gate.close("one", "the first reason");
        gate.close("two", "the second reason");
        CompletableFuture<Boolean> read = Background.call(gate::mayBegin);
        CompletableFuture<Boolean> put = Background.call(() -> gate.mayPut(1));
        CompletableFuture<Boolean> giant = Background.call(() -> gate.mayPutInParts(1));
        gate.open("one");
        assertThat(waits(read) && waits(put) && waits(giant)).isTrue();
        assertThat(gate.waiting())
                .hasValueSatisfying(
                        words -> assertThat(words).startsWith("paused since ").endsWith(" s: the second reason"));
        gate.open("two");
        assertThat(read.get()).isTrue();
        assertThat(put.get()).isTrue();
        assertThat(giant.get()).isTrue();
    }

    @Test
    void partsOfAGiantUnderWayPassAClosedGate() throws Exception {
        gate.close("one", "a reason");
        Background.run(() -> gate.awaitPart(1)).get();
    }

    @Test
    void endOfTheRunWakesAllWhoWait() throws Exception {
        gate.close("one", "a reason");
        CompletableFuture<Boolean> read = Background.call(gate::mayBegin);
        CompletableFuture<Boolean> put = Background.call(() -> gate.mayPut(1));
        assertThat(waits(read) && waits(put)).isTrue();
        control.stop();
        assertThat(read.get()).isFalse();
        assertThat(put.get()).isFalse();
    }

    @Test
    void endOfTheRunWakesWhoWaitsForTheRate() throws Exception {
        gate.bytesPerSecond(1);
        assertThat(gate.mayPut(1_000_000)).isTrue();
        CompletableFuture<Boolean> put = Background.call(() -> gate.mayPut(1));
        CompletableFuture<Void> part = Background.run(() -> gate.awaitPart(1));
        assertThat(waits(put)).isTrue();
        control.stop();
        assertThat(put.get()).isFalse();
        part.get();
    }

    @Test
    void gateThatClosesWhileARateIsWaitedForHoldsUpThePut() throws Exception {
        gate.bytesPerSecond(10_000);
        assertThat(gate.mayPut(3_000)).isTrue();
        CompletableFuture<Boolean> put = Background.call(() -> gate.mayPut(1));
        gate.close("one", "a reason");
        assertThat(put.completeOnTimeout(false, 600, TimeUnit.MILLISECONDS).get())
                .isFalse();
        gate.open("one");
    }

    @Test
    void higherRateWakesWhoWaits() throws Exception {
        gate.bytesPerSecond(1);
        assertThat(gate.mayPut(1_000_000)).isTrue();
        CompletableFuture<Boolean> put = Background.call(() -> gate.mayPut(1));
        assertThat(waits(put)).isTrue();
        gate.bytesPerSecond(Double.POSITIVE_INFINITY);
        assertThat(put.get()).isTrue();
    }

    @Test
    void rateThatIsTakenBackCountsNoMore() throws Exception {
        gate.putsPerSecond(0.001);
        assertThat(gate.mayPut(1)).isTrue();
        CompletableFuture<Boolean> put = Background.call(() -> gate.mayPut(1));
        assertThat(waits(put)).isTrue();
        gate.putsPerSecond(Double.POSITIVE_INFINITY);
        assertThat(put.get()).isTrue();
    }

    @Test
    void noMoreReceiversReadThanMay() throws Exception {
        gate.readers(2);
        assertThat(gate.mayRead()).isTrue();
        assertThat(gate.mayRead()).isTrue();
        CompletableFuture<Boolean> third = Background.call(gate::mayRead);
        CompletableFuture<Boolean> fourth = Background.call(gate::mayRead);
        assertThat(waits(third) && waits(fourth)).isTrue();
        gate.hasRead();
        assertThat(CompletableFuture.anyOf(third, fourth).get()).isEqualTo(true);
        assertThat(waits(third) || waits(fourth)).isTrue();
        gate.readers(Gate.ALL);
        assertThat(third.get() && fourth.get()).isTrue();
    }

    @Test
    void endOfTheRunWakesWhoWaitsForItsTurnToRead() throws Exception {
        gate.readers(1);
        assertThat(gate.mayRead()).isTrue();
        CompletableFuture<Boolean> second = Background.call(gate::mayRead);
        assertThat(waits(second)).isTrue();
        control.stop();
        assertThat(second.get()).isFalse();
    }

    @Test
    void receiversThatComeAndGoNeverWaitForATurnThatIsFree() throws Exception {
        gate.readers(2);
        var reading = new AtomicInteger();
        var most = new AtomicInteger();
        List<CompletableFuture<Void>> receivers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            receivers.add(Background.run(() -> {
                for (int n = 0; n < 20_000 && gate.mayRead(); n++) {
                    most.accumulateAndGet(reading.incrementAndGet(), Math::max);
                    reading.decrementAndGet();
                    gate.hasRead();
                }
            }));
        }
        for (CompletableFuture<Void> receiver : receivers) {
            receiver.get();
        }
        assertThat(most.get()).isBetween(1, 2);
    }

    @Test
    void sendingAgainIsPaidForByWhatComesNext() throws Exception {
        gate.bytesPerSecond(1000);
        gate.again(1_000_000);
        assertThat(waits(Background.call(() -> gate.mayPut(1)))).isTrue();
        control.stop();
    }

    @Test
    void objectBeyondTheLimitEndsTheRun() throws Exception {
        RunControl limited = limited(OptionalLong.of(2), OptionalLong.empty());
        assertThat(limited.gate().mayPut(5)).isTrue();
        assertThat(limited.gate().mayPutInParts(5)).isTrue();
        assertThat(limited.ended()).as("perhaps no row is left").isFalse();
        assertThat(limited.gate().mayPut(5)).isFalse();
        assertThat(limited.abortReason())
                .hasValueSatisfying(
                        reason -> assertThat(reason).hasMessage("the limit of --max-objects 2 was reached"));
    }

    @Test
    void objectThatReachesTheLimitOfBytesIsTheLast() throws Exception {
        RunControl limited = limited(OptionalLong.empty(), OptionalLong.of(10));
        assertThat(limited.gate().mayPut(9)).isTrue();
        assertThat(limited.gate().mayPut(100)).isTrue();
        assertThat(limited.gate().mayPut(0)).isFalse();
        assertThat(limited.limited()).isTrue();
    }

    @Test
    void limitLeavesWhatHasBegunAllTheTimeThatItNeeds() {
        StopGrace grace = new StopGrace(control, Duration.ZERO);
        control.limit("--max-objects 2");
        assertThat(control.ended()).isTrue();
        assertThat(control.urgentEnd().ended()).isFalse();
        assertThat(grace.ended()).isFalse();
    }

    @Test
    void stopAfterALimitWinsAndBeginsTheGrace() {
        StopGrace grace = new StopGrace(control, Duration.ZERO);
        RunControl rest = control.afterLimit();
        control.limit("--max-objects 2");
        assertThat(rest.ended()).isFalse();
        control.stop();
        assertThat(control.stopped()).isTrue();
        assertThat(grace.ended()).isTrue();
        assertThat(rest.stopped()).isTrue();
    }

    @Test
    void limitAfterAStopChangesNothing() {
        control.stop();
        control.limit("--max-objects 2");
        assertThat(control.stopped()).isTrue();
        assertThat(control.limited()).isFalse();
    }

    @Test
    void gateKeepsAccountOfWhoHeldItClosedHowOftenAndHowLong() throws Exception {
        gate.close("one", "the first reason");
        gate.close("one", "the first reason in other words");
        Thread.sleep(20);
        gate.open("one");
        gate.open("one");
        gate.close("one", "again");
        gate.open("one");
        gate.close("two", "the second reason");
        Thread.sleep(20);
        Map<String, Gate.Closure> closures = gate.closures();
        assertThat(closures.keySet()).containsExactly("one", "two");
        assertThat(closures.get("one").times()).isEqualTo(2);
        assertThat(closures.get("one").now()).isFalse();
        assertThat(closures.get("one").held()).isBetween(Duration.ofMillis(20), Duration.ofSeconds(50));
        assertThat(closures.get("two").now()).isTrue();
        assertThat(closures.get("two").held()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
    }
}
