package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Comments, messages and pages name who does what. */
final class WordsTest {
    /** In parts, so that this file has none of them. Systems have a user of that name. */
    private static final Pattern NAMES_NO_ONE =
            Pattern.compile("(?<!\"|user )\\b([Nn]o" + "body|[Ww]ho" + "ever|[Oo]f w" + "hich)\\b");

    @Test
    void noSentenceLeavesOpenWhoActs() throws IOException {
        List<String> found = new ArrayList<>();
        int lines = 0;
        for (Path file : texts()) {
            for (String line : Files.readAllLines(file)) {
                lines++;
                if (NAMES_NO_ONE.matcher(line).find()) {
                    found.add(Page.ROOT.relativize(file) + ": " + line.strip());
                }
            }
        }
        assertThat(found).isEmpty();
        assertThat(lines).as("lines read").isGreaterThan(30_000);
    }

    private static List<Path> texts() throws IOException {
        List<Path> texts = new ArrayList<>();
        for (String root :
                List.of("migrator/src", "benchmarks/src", "docs", "scripts", "README.md", "CONTRIBUTING.md")) {
            try (Stream<Path> files = Files.walk(Page.ROOT.resolve(root))) {
                files.filter(file -> file.toString().matches(".*\\.(java|md|sql|yaml)"))
                        .forEach(texts::add);
            }
        }
        return texts;
    }
}
