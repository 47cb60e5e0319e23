package ch.tocco.lomigrate.lo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.tocco.lomigrate.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes are bounded, waiters are served in their order, and no thread waits for ever or with bytes in hand. */
@Timeout(60)
final class ByteBudgetTest {
    private static final int ROUNDS = Integer.getInteger("lo.migrate.stress.budget", 3_000);

    private final AtomicBoolean aborted = new AtomicBoolean();
    private final ByteBudget budget = new ByteBudget(100, aborted::get);
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());

    @Test
    void bytesThatFitAreTakenAtOnce() throws InterruptedException {
        assertThat(budget.capacity()).isEqualTo(100);
        assertThat(budget.take(60)).isTrue();
        assertThat(budget.take(40)).isTrue();
        assertThat(budget.take(0)).isTrue();
        assertThat(budget.used()).isEqualTo(100);
        budget.giveBack(60);
        assertThat(budget.used()).isEqualTo(40);
    }

    @Test
    void batchIsTakenInOneStep() throws InterruptedException {
        assertThat(budget.takeLeading(new long[] {10, 20, 30}, 0, 3)).isEqualTo(3);
        assertThat(budget.used()).isEqualTo(60);
    }

    @Test
    void batchIsCutToWhatFits() throws InterruptedException {
        assertThat(budget.takeLeading(new long[] {50, 40, 20, 1}, 0, 4)).isEqualTo(2);
        assertThat(budget.used()).isEqualTo(90);
    }

    @Test
    void batchIsASliceOfTheSizes() throws InterruptedException {
        assertThat(budget.takeLeading(new long[] {99, 10, 20, 99}, 1, 3)).isEqualTo(2);
        assertThat(budget.used()).isEqualTo(30);
    }

    @Test
    void batchWaitsWithoutBytesUntilItsFirstFits() throws Exception {
        budget.take(70);
        Thread batch = start("batch", () -> budget.takeLeading(new long[] {40, 50, 20}, 0, 3));
        assertWaits();
        assertThat(budget.used()).as("the waiter holds nothing").isEqualTo(70);
        budget.giveBack(70);
        batch.join();
        assertThat(order).containsExactly("batch 2");
        assertThat(budget.used()).isEqualTo(90);
    }

    @Test
    void largerThanEverythingPassesAlone() throws Exception {
        assertThat(budget.takeLeading(new long[] {500, 1}, 0, 2)).isEqualTo(1);
        assertThat(budget.used()).isEqualTo(500);
        Thread small = start("small", () -> budget.takeLeading(new long[] {1}, 0, 1));
        assertWaits();
        budget.giveBack(500);
        small.join();
        assertThat(budget.used()).isEqualTo(1);
    }

    @Test
    void largerThanEverythingWaitsUntilItIsAlone() throws Exception {
        budget.take(1);
        Thread big = start("big", () -> budget.takeLeading(new long[] {500}, 0, 1));
        assertWaits();
        budget.giveBack(1);
        big.join();
        assertThat(order).containsExactly("big 1");
        assertThat(budget.used()).isEqualTo(500);
    }

    /** Sizes come from the table, where anything may stand. */
    @Test
    void sizesThatOverflowWhenAddedDoNotFit() throws InterruptedException {
        assertThat(budget.takeLeading(new long[] {1, Long.MAX_VALUE}, 0, 2)).isEqualTo(1);
        budget.giveBack(1);
        assertThat(budget.takeLeading(new long[] {Long.MAX_VALUE, Long.MAX_VALUE}, 0, 2))
                .isEqualTo(1);
        assertThat(budget.used()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void waitersAreServedInOrderSoThatABigOneIsNotStarved() throws Exception {
        budget.take(50);
        Thread big = start("big", () -> budget.takeLeading(new long[] {90}, 0, 1));
        awaitWaiting(big);
        Thread small = start("small", () -> budget.takeLeading(new long[] {20}, 0, 1));
        awaitWaiting(small);
        assertWaits(); // 20 would fit, but it is not its turn
        budget.giveBack(50);
        big.join();
        assertThat(order).containsExactly("big 1");
        budget.giveBack(90);
        small.join();
        assertThat(order).containsExactly("big 1", "small 1");
    }

    @Test
    void waiterThatGivesUpLetsTheNextOneGo() throws InterruptedException {
        budget.take(50);
        Thread big = start("big", () -> budget.takeLeading(new long[] {90}, 0, 1));
        awaitWaiting(big);
        Thread small = start("small", () -> budget.takeLeading(new long[] {20}, 0, 1));
        awaitWaiting(small);
        big.interrupt();
        big.join();
        small.join();
        assertThat(order).containsExactlyInAnyOrder("big interrupted", "small 1");
        assertThat(budget.used()).isEqualTo(70);
    }

    @Test
    void waitingEndsWithTheRun() throws InterruptedException {
        budget.take(100);
        Thread waiter = start("waiter", () -> budget.takeLeading(new long[] {1}, 0, 1));
        awaitWaiting(waiter);
        aborted.set(true);
        budget.wake();
        waiter.join();
        assertThat(order).containsExactly("waiter 0");
        assertThat(budget.used()).isEqualTo(100);
    }

    @Test
    void bytesThatComeBackMakeRoomUnlessTheyWereTakenInVain() throws InterruptedException {
        budget.take(30);
        budget.take(20);
        long before = budget.freed();
        budget.giveBackUnused(20);
        assertThat(budget.freed()).as("none are free that were not before").isEqualTo(before);
        budget.awaitFreed(before, Duration.ZERO);
        budget.giveBack(10);
        assertThat(budget.freed()).isNotEqualTo(before);
        budget.awaitFreed(before, Duration.ofHours(1));

        long then = budget.freed();
        budget.giveBackUnused(20);
        assertThat(budget.freed()).as("nothing is left that could come back").isNotEqualTo(then);
    }

    @Test
    void nothingIsTakenOnceTheRunHasEnded() throws InterruptedException {
        aborted.set(true);
        assertThat(budget.take(1)).isFalse();
        assertThat(budget.used()).isZero();
    }

    @Test
    void moreThanWasTakenCannotGoBack() throws InterruptedException {
        budget.take(10);
        assertThatIllegalStateException()
                .isThrownBy(() -> budget.giveBack(11))
                .withMessageContaining("11")
                .withMessageContaining("10");
        assertThat(budget.used()).as("never negative, and still right").isEqualTo(10);
    }

    @Test
    void interruptedWaiterTakesNothing() {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> {
            budget.take(100);
            budget.take(1);
        });
        assertThat(budget.used()).isEqualTo(100);
    }

    @Test
    void capacityIsMoreThanNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ByteBudget(0, aborted::get))
                .withMessageContaining("0");
    }

    /**
     * Threads take batches of random sizes and give them back one by one, from other threads too. What is out, counted
     * by the takers themselves, is never more than the capacity, unless it is one object that is larger.
     */
    @Test
    void boundHoldsAtEveryMoment() throws InterruptedException {
        AtomicLong out = new AtomicLong();
        AtomicInteger oversized = new AtomicInteger();
        List<String> violations = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(seed -> new Thread(() -> {
                    SplittableRandom random = new SplittableRandom(seed);
                    for (int round = 0; round < ROUNDS; round++) {
                        try {
                            takeAndGiveBack(random, out, oversized, violations);
                        } catch (InterruptedException | RuntimeException e) {
                            violations.add(e.toString());
                        }
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(violations).isEmpty();
        assertThat(oversized).as("some were larger than the whole budget").hasPositiveValue();
        assertThat(budget.used()).isZero();
    }

    private void takeAndGiveBack(SplittableRandom random, AtomicLong out, AtomicInteger oversized, List<String> bad)
            throws InterruptedException {
        long[] sizes = random.longs(random.nextInt(1, 6), 1, 60).toArray();
        if (random.nextInt(10) == 0) {
            sizes[0] = 150;
        }
        int taken = budget.takeLeading(sizes, 0, sizes.length);
        long mine = IntStream.range(0, taken).mapToLong(i -> sizes[i]).sum();
        // Counted after taking and before giving back: never more than what is really out.
        long all = out.addAndGet(mine);
        oversized.addAndGet(mine > 100 ? 1 : 0);
        long used = budget.used();
        long bound = Math.max(100, mine);
        if (taken < 1 || all > bound || used < mine || used > bound) {
            bad.add(taken + " of " + sizes.length + " taken, " + all + " out, " + used + " used");
        }
        if (random.nextInt(4) == 0) {
            LockSupport.parkNanos(1_000);
        }
        for (int i = 0; i < taken; i++) {
            out.addAndGet(-sizes[i]);
            budget.giveBack(sizes[i]);
        }
    }

    @FunctionalInterface
    private interface Take {
        int run() throws InterruptedException;
    }

    private Thread start(String name, Take take) {
        Thread thread = new Thread(() -> {
            try {
                order.add(name + " " + take.run());
            } catch (InterruptedException e) {
                order.add(name + " interrupted");
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** No thread that was started has got anything. */
    private void assertWaits() throws Exception {
        Await.stays(Duration.ofMillis(100), "none is served", order::isEmpty);
    }

    private static void awaitWaiting(Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.sleep(1);
        }
    }
}
