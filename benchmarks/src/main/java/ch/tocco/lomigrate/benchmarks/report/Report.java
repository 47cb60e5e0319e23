package ch.tocco.lomigrate.benchmarks.report;

import ch.tocco.lomigrate.benchmarks.results.Circumstances;
import ch.tocco.lomigrate.benchmarks.results.Entry;
import ch.tocco.lomigrate.benchmarks.results.Results;
import ch.tocco.lomigrate.benchmarks.results.ResultsFile;
import ch.tocco.lomigrate.benchmarks.results.Soak;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes {@code RESULTS.md} and the plots of what {@link ResultsFile} keeps. Measures nothing. */
public final class Report {
    private static final String SOAK = "soak";

    private Report() {}

    /**
     * Arguments: the directory of the results; then, to add the figures of a soak before, {@code --soak} and the file
     * that it wrote.
     */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        if (arguments.length == 3 && arguments[1].equals("--soak")) {
            addSoak(new ResultsFile(directory), ResultsFile.soak(Path.of(arguments[2])));
        }
        write(directory);
    }

    /** A short one does not replace a long one: who tries the script out shall not lose what took hours. */
    private static void addSoak(ResultsFile results, Soak soak) throws IOException {
        Entry<Soak> before = results.load().soak().get(SOAK);
        if (before != null && before.figures().objects() > soak.objects()) {
            System.out.println(
                    "the figures of a larger soak, of " + before.circumstances().date() + ", are kept");
        } else {
            results.add(Results::soak, SOAK, Circumstances.here("", 1, true), soak);
        }
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
