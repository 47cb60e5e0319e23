package ch.tocco.lomigrate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RunIdTest {
    @Test
    void hasTheTimeOfItsStartAndIsFitForKeysAndFileNames() {
        assertThat(RunId.random(Instant.parse("2026-11-26T22:00:07.9Z")).text())
                .matches("20261126T220007Z-[0-9a-f]{8}");
        assertThat(RunId.ofThisProcess()).isEqualTo(RunId.ofThisProcess());
    }

    @Test
    void runsOfTheSameSecondDiffer() {
        Set<RunId> ids = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            ids.add(RunId.random(Instant.EPOCH));
        }
        assertThat(ids).hasSize(100);
    }
}
