package ch.tocco.lomigrate.lo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Takings and givings in any order, by one thread; the waiting of several is in {@link ByteBudgetTest}. */
final class ByteBudgetPropertyTest {
    @Property
    void usedIsTheSumOfWhatIsOutAndMoreThanTheBudgetOnlyForOneAlone(
            @ForAll @LongRange(min = 1, max = 1000) long capacity,
            @ForAll List<@LongRange(min = -1, max = 1500) Long> steps)
            throws InterruptedException {
        ByteBudget budget = new ByteBudget(capacity, () -> false);
        ArrayDeque<Long> out = new ArrayDeque<>();
        for (long step : steps) {
            if (step < 0) {
                budget.giveBack(out.isEmpty() ? 0 : out.remove());
            } else if (fits(step, capacity, out)) {
                assertThat(budget.take(step)).isTrue();
                out.add(step);
            }
            long sum = out.stream().mapToLong(Long::longValue).sum();
            assertThat(budget.used()).isEqualTo(sum);
            assertThat(sum <= capacity || out.stream().filter(size -> size > 0).count() == 1)
                    .isTrue();
        }
        for (long size : out) {
            budget.giveBack(size);
        }
        assertThat(budget.used()).isZero();
    }

    @Property
    void batchIsTheLongestBeginningThatFits(
            @ForAll @LongRange(min = 1, max = 1000) long capacity,
            @ForAll @LongRange(min = 0, max = 1000) long already,
            @ForAll List<@LongRange(min = 0, max = Long.MAX_VALUE) Long> sizes)
            throws InterruptedException {
        ByteBudget budget = new ByteBudget(capacity, () -> false);
        long before = Math.min(already, capacity);
        assertThat(budget.take(before)).isTrue();
        long[] asked = sizes.stream().mapToLong(Long::longValue).toArray();
        if (asked.length == 0 || (before > 0 && asked[0] > capacity - before)) {
            return; // it would wait
        }

        int taken = budget.takeLeading(asked, 0, asked.length);

        assertThat(taken).isPositive();
        long sum = before;
        for (int i = 0; i < taken; i++) {
            assertThat(sum == 0 || asked[i] <= capacity - sum).isTrue();
            sum += asked[i];
        }
        assertThat(budget.used()).isEqualTo(sum);
        assertThat(taken == asked.length || (sum > 0 && asked[taken] > capacity - sum))
                .isTrue();
    }

    private static boolean fits(long size, long capacity, ArrayDeque<Long> out) {
        long sum = out.stream().mapToLong(Long::longValue).sum();
        return sum == 0 || size <= capacity - sum;
    }
}
