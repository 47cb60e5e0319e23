package ch.tocco.lomigrate.benchmarks.report;

import ch.tocco.lomigrate.benchmarks.results.Circumstances;
import ch.tocco.lomigrate.benchmarks.results.Results;
import ch.tocco.lomigrate.benchmarks.results.ResultsFile;
import ch.tocco.lomigrate.benchmarks.results.Soak;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes {@code RESULTS.md} and the plots of what {@link ResultsFile} keeps. Measures nothing. */
public final class Report {
    private Report() {}

    /**
     * Arguments: the directory of the results; then, to add the figures of a soak before, {@code --soak} and the file
     * that it wrote.
     */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        if (arguments.length == 3 && arguments[1].equals("--soak")) {
            Soak soak = ResultsFile.soak(Path.of(arguments[2]));
            // One long run; what counts is that nothing grows.
            new ResultsFile(directory).add(Results::soak, "soak", Circumstances.here("", 1, true), soak);
        }
        write(directory);
    }

    /** The page first: plots need fonts, which not every JDK finds on its machine. */
    public static void write(Path directory) throws IOException {
        Results results = new ResultsFile(directory).load();
        Path page = directory.resolve("RESULTS.md");
        Files.writeString(page, ResultsText.of(results));
        System.out.println("written: " + page);
        Path plots = directory.resolve("plots");
        try {
            Plots.draw(results, plots);
        } catch (LinkageError | InternalError e) {
            // how Java says that it found neither fonts nor the library that draws them
            throw new IOException(
                    "page and figures are written, but plots cannot be drawn without fonts and libfreetype: install"
                            + " fontconfig and fonts-dejavu-core, then scripts/bench --render",
                    e);
        }
        System.out.println("drawn: " + plots);
    }
}
