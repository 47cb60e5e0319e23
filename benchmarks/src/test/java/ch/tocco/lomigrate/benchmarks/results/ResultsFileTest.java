package ch.tocco.lomigrate.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.benchmarks.SampleResults;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsFileTest {
    private static final Circumstances GOOD = new Circumstances("2026-11-22", "machine", "versions", 5, true);
    private static final Circumstances HASTY = new Circumstances("2026-11-23", "machine", "versions", 1, true);

    @TempDir
    Path directory;

    @Test
    void whatIsKeptIsReadAsItWas() throws IOException {
        SampleResults.addAll(new ResultsFile(directory));

        Results read = new ResultsFile(directory).load();

        assertThat(read.compared().get("small")).usingRecursiveComparison().isEqualTo(SampleResults.small());
        assertThat(read.micro().get("Hashing").figures()).isEqualTo(SampleResults.scores());
        assertThat(read.soak().get("soak").figures()).isEqualTo(SampleResults.soak());
        assertThat(read.growth().get("growth").figures().plans())
                .containsExactly(new QueryPlan("read", List.of("Index Scan")));
    }

    @Test
    void measuringOneWorkloadKeepsTheOthers() throws IOException {
        ResultsFile file = new ResultsFile(directory);
        file.add(Results::compared, "medium", GOOD, SampleResults.outcome("medium"));
        file.add(Results::compared, "small", HASTY, SampleResults.outcome("small"));
        file.add(Results::compared, "small", GOOD, SampleResults.outcome("small again"));

        assertThat(file.load().compared()).containsOnlyKeys("small", "medium");
        assertThat(file.load().compared().firstKey()).isEqualTo("small");
        assertThat(file.load().compared().get("small").figures().description()).isEqualTo("small again");
    }

    @Test
    void hastyFiguresDoNotReplaceThoroughOnes() throws IOException {
        ResultsFile file = new ResultsFile(directory);
        file.add(Results::compared, "small", GOOD, SampleResults.outcome("thorough"));
        file.add(Results::compared, "small", HASTY, SampleResults.outcome("hasty"));

        assertThat(file.load().compared().get("small").figures().description()).isEqualTo("thorough");
    }

    @Test
    void fewObjectsOrRoundsAreNotToBeQuoted() {
        assertThat(GOOD.quotable()).isTrue();
        assertThat(HASTY.quotable()).isFalse();
        assertThat(new Circumstances("2026-11-22", "machine", "versions", 5, false).quotable())
                .isFalse();
    }
}
