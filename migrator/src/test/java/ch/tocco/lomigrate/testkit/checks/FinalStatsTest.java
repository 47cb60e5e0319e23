package ch.tocco.lomigrate.testkit.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The last block of statistics counts, whatever stands around the names and numbers. */
final class FinalStatsTest {
    @Test
    void readsLastBlock() {
        String output = """
                FAILED OBJECTS: 1
                    MISSING: 1
                (final stats)
                    FAILED OBJECTS: 3
                        MISSING            -       2
                        HASH_MISMATCH: 1
                        NO_PERMISSION: 0

                    RECEIVER ring - used 0 of 8192
                """;
        assertThat(FinalStats.of(output)).isEqualTo(new FinalStats(3, Map.of("MISSING", 2, "HASH_MISMATCH", 1)));
        assertThat(FinalStats.of("FAILED OBJECTS: 0")).isEqualTo(new FinalStats(0, Map.of()));
        assertThat(FinalStats.of("nothing").failed()).isNegative();
    }
}
