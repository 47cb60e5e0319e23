package ch.tocco.lomigrate.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A key that was added is never taken for an unknown one, however many there are; others seldom for a known one. */
final class SeenKeysTest {
    private static SeenKeys with(int bytes, int keys) {
        var seen = new SeenKeys(bytes);
        IntStream.range(0, keys).forEach(i -> seen.add("f/" + i));
        seen.complete();
        return seen;
    }

    private static long unknown(SeenKeys seen, int from, int to) {
        return IntStream.range(from, to).filter(i -> !seen.mayHave("f/" + i)).count();
    }

    @Test
    void noKeyIsForgottenAlsoWhereThereAreManyMoreThanItIsMadeFor() {
        assertThat(unknown(with(8, 100_000), 0, 100_000)).isZero();
        assertThat(unknown(with(128 << 10, 100_000), 0, 100_000)).isZero();
    }

    /** 1.2 % by the formula. */
    @Test
    void withTenBitsAKeyOneInAHundredOthersIsTakenForKnown() {
        assertThat(unknown(with(128 << 10, 100_000), 100_000, 200_000)).isBetween(98_000L, 99_500L);
    }

    @Test
    void eachKeyMayBeThereUntilAllAreAdded() {
        var seen = new SeenKeys(1 << 10);
        assertThat(seen.mayHave("f/1")).isTrue();
        seen.complete();
        assertThat(seen.mayHave("f/1")).isFalse();
        seen.add("f/1");
        assertThat(seen.mayHave("f/1")).isTrue();
        assertThat(seen.mayHave("f/2")).isFalse();
    }
}
