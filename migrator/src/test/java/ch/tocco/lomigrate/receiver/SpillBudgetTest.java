package ch.tocco.lomigrate.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What the README says of {@code --spill-budget}. */
final class SpillBudgetTest {
    private static final long GIB = 1L << 30;

    @Test
    void withoutABudgetFourFifthsOfTheFreeDiskAreTaken() {
        assertThat(SpillDir.budget(OptionalLong.empty(), 1_000_000)).isEqualTo(800_000);
        assertThat(SpillDir.budget(OptionalLong.empty(), 1_000 * GIB)).isEqualTo(800 * GIB);
    }

    /** Some file systems have no limit and say so; the share must not overflow. */
    @Test
    void endlessDiskIsNoOverflow() {
        assertThat(SpillDir.budget(OptionalLong.empty(), Long.MAX_VALUE)).isBetween(Long.MAX_VALUE / 2, Long.MAX_VALUE);
        assertThat(SpillDir.budget(OptionalLong.of(Long.MAX_VALUE), Long.MAX_VALUE))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void budgetIsTakenAsItIsGivenAlsoAboveTheShare() {
        assertThat(SpillDir.budget(OptionalLong.of(GIB), 100 * GIB)).isEqualTo(GIB);
        assertThat(SpillDir.budget(OptionalLong.of(90 * GIB), 100 * GIB)).isEqualTo(90 * GIB);
        assertThat(SpillDir.budget(OptionalLong.of(100 * GIB), 100 * GIB)).isEqualTo(100 * GIB);
    }

    /** Otherwise an object that the disk cannot hold would be waited for, and not fail at once. */
    @Test
    void budgetAboveTheFreeDiskIsBoundedByIt() {
        assertThat(SpillDir.budget(OptionalLong.of(100 * GIB + 1), 100 * GIB)).isEqualTo(100 * GIB);
    }

    @Test
    void fullDiskLeavesABudgetThatNothingFitsIntoAndIsNoError() {
        assertThat(SpillDir.budget(OptionalLong.empty(), 0)).isEqualTo(1);
        assertThat(SpillDir.budget(OptionalLong.empty(), 99)).isEqualTo(1);
        assertThat(SpillDir.budget(OptionalLong.of(GIB), 0)).isEqualTo(1);
    }
}
