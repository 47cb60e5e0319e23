package ch.tocco.lomigrate.lo;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Any sizes of objects and parts, within the limits of {@code --upload-chunk-size} and of S3. */
final class PartsPropertyTest {
    private static final long MIB = 1L << 20;
    private static final long LARGEST_OBJECT = 5L << 40;

    @Property
    void partsCoverTheObjectWithoutGapOrOverlap(
            @ForAll @LongRange(min = 1, max = LARGEST_OBJECT) long size,
            @ForAll @IntRange(min = 5, max = 1024) int wantedMib) {
        Parts parts = Parts.of(size, wantedMib * MIB);

        assertThat(parts.count()).isBetween(1, Parts.MAX_COUNT);
        assertThat(parts.partSize()).isGreaterThanOrEqualTo(wantedMib * MIB);
        long end = 0;
        for (int number = 1; number <= parts.count(); number++) {
            assertThat(parts.offset(number)).isEqualTo(end);
            assertThat(parts.length(number)).isPositive();
            assertThat(parts.length(number) == parts.partSize() || number == parts.count())
                    .isTrue();
            end += parts.length(number);
        }
        assertThat(end).isEqualTo(size);
    }
}
