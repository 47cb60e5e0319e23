package ch.tocco.lomigrate.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.benchmarks.SampleResults;
import ch.tocco.lomigrate.benchmarks.results.Circumstances;
import ch.tocco.lomigrate.benchmarks.results.Results;
import ch.tocco.lomigrate.benchmarks.results.ResultsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir
    Path directory;

    @Test
    void figuresAreMediansAndRatios() throws IOException {
        String page = page();

        assertThat(page)
                .contains("| small objects ‡ | 500 | 250/s | 50.00/s | **5.0 ×** | 500/s | 100/s | 5.0 × |")
                .contains("| small objects | 1,500 µs | 500/s | 1.0 s | 3,000 µs (500) | 10,000 µs ‡ |")
                .contains("| 1 KiB | 20.00/s (10.00/s to 30.00/s) |")
                .contains("| fast | size=1 | 2.50 us |  | 2.00 us | **4.00 ×** |")
                .contains("| small objects | 0.0 | 2.0 | 60.0 | 0.0 |")
                .contains("| 2 | 3 s | 400/s | **1.60 ×** | 800/s | 50 % | 1.02 | 750 µs |")
                .contains("| 100 s | 310 MiB | 41 | 101 | 8 |");
    }

    @Test
    void theRealPredecessorComesFirst() throws IOException {
        String page = page();
        assertThat(page).contains("2026-11-25\noutside `scripts/bench`");
        assertThat(page.indexOf("## Against the predecessor\n"))
                .isPositive()
                .isLessThan(page.indexOf("## Against the predecessor's way\n"));
        assertThat(page.indexOf("**17.8 ×**")).isLessThan(page.indexOf("## Against the predecessor's way\n"));
    }

    @Test
    void onlyFiguresOfTheFormerStandInAreMarkedAsSuch() throws IOException {
        ResultsFile results = new ResultsFile(directory);
        results.add(
                Results::compared,
                "small",
                new Circumstances("2026-11-26", "machine", "Java 17", 5, true),
                SampleResults.outcome("small objects"));
        Report.write(directory);
        assertThat(directory.resolve("RESULTS.md"))
                .content()
                .contains("| small objects | 500 | 250/s | 50.00/s | **5.0 ×** |")
                .doesNotContain("‡", "former stand-in");
    }

    @Test
    void ofAStepThatTakesNoTimeThereIsNoRate() throws IOException {
        assertThat(page()).contains("| 4,000/s |  | 1,333/s | 1,333/s | 1,333/s | **75 %** (38 %) |");
    }

    @Test
    void whatIsNotToBeQuotedIsMarkedInItsRow() throws IOException {
        assertThat(page())
                .contains("| many objects † | **1.25 ×** |")
                .contains("| few left | **1.0 s** |")
                .contains("Not to be quoted");
    }

    @Test
    void namesWhatIsNotMeasuredYet() throws IOException {
        assertThat(page()).contains("adds one of them: `small-distant`, `medium`, `large`, `slow-store`\n");
    }

    @Test
    void everyPlotOfThePageIsDrawn() throws Exception {
        var linked = Pattern.compile("\\]\\((plots/\\w+\\.svg)\\)")
                .matcher(page())
                .results()
                .toList();

        assertThat(linked).hasSize(6);
        var reader = DocumentBuilderFactory.newInstance();
        // nothing is fetched from elsewhere
        reader.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        for (var plot : linked) {
            var svg = reader.newDocumentBuilder()
                    .parse(directory.resolve(plot.group(1)).toFile());
            assertThat(svg.getElementsByTagName("path").getLength()
                            + svg.getElementsByTagName("polyline").getLength())
                    .isPositive();
        }
    }

    @Test
    void thePageIsThereAlsoIfNothingCanBeDrawn() throws IOException {
        SampleResults.addAll(new ResultsFile(directory));
        Files.createFile(directory.resolve("plots"));

        assertThatThrownBy(() -> Report.write(directory)).isInstanceOf(IOException.class);

        assertThat(directory.resolve("RESULTS.md")).content().contains("small objects");
    }

    @Test
    void aSoakIsAddedFromItsFile() throws IOException {
        addSoak(1000, "much");

        assertThat(directory.resolve("RESULTS.md"))
                .content()
                .contains("much on ", "20.00/s objects in 50 s", "321 MiB");
    }

    @Test
    void aSmallerSoakDoesNotReplaceALargerOne() throws IOException {
        addSoak(1000, "much");
        addSoak(999, "less");
        assertThat(directory.resolve("RESULTS.md"))
                .content()
                .contains("much on ")
                .doesNotContain("less on ");

        addSoak(1000, "as much");
        assertThat(directory.resolve("RESULTS.md")).content().contains("as much on ");
    }

    private void addSoak(int objects, String description) throws IOException {
        Path written = Files.writeString(directory.resolve("soak-figures.json"), """
                {"description": "%s", "objects": %d, "seconds": 50, "samples": [
                {"seconds": 1, "rssMib": 321, "threads": 40, "files": 90, "connections": 8}]}
                """.formatted(description, objects));
        Report.main(new String[] {directory.toString(), "--soak", written.toString()});
    }

    @Test
    void nothingMeasuredMakesAPageAndNoPlots() throws IOException {
        Report.write(directory);

        assertThat(directory.resolve("RESULTS.md")).content().contains("Not measured yet");
        try (Stream<Path> plots = Files.list(directory.resolve("plots"))) {
            assertThat(plots).isEmpty();
        }
    }

    private String page() throws IOException {
        SampleResults.addAll(new ResultsFile(directory));
        Report.write(directory);
        return Files.readString(directory.resolve("RESULTS.md"));
    }
}
