package ch.tocco.lomigrate.cli;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.arguments.FlagTable;
import ch.tocco.lomigrate.lifecycle.FaultKind;
import ch.tocco.lomigrate.lo.FailureReason;
import ch.tocco.lomigrate.postgres.SqlFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What README and changelog say is what the code says: flags, exit codes, reasons, fault tables, scripts, links. */
final class ReadmeTest {
    private static final Path ROOT = root();
    private static final String README = text("README.md");
    private static final int MOST_LINES = 550;

    @Test
    void flagsInTextExist() {
        FlagTable flags = CommandLines.table();
        List<String> ofOthers = List.of("--unit", "--property", "--buket", "--keep", "--num-shards", "--bucket");
        for (String file : List.of("README.md", "CHANGELOG.md")) {
            for (String name : matches("(?<![\\w-])--[a-z][a-z0-9-]*", text(file))) {
                assertThat(flags.find(name).isPresent() || ofOthers.contains(name) || name.equals("--flag"))
                        .as(name + " in " + file)
                        .isTrue();
            }
        }
    }

    @Test
    void everyExitCodeIsDocumented() {
        Map<String, String> documented =
                rows("Exit codes").stream().skip(1).collect(toMap(row -> row.get(0), row -> row.get(1)));

        assertThat(documented)
                .containsOnlyKeys(Arrays.stream(ExitCode.values())
                        .map(code -> Integer.toString(code.number()))
                        .toList());
        assertThat(documented.get("0")).isEqualTo(ExitCode.ALL_MIGRATED.meaning());
    }

    @Test
    void everyFailureReasonIsDocumented() {
        assertThat(rows("Failed objects").stream().skip(1).map(row -> row.get(0)))
                .containsExactlyElementsOf(Arrays.stream(FailureReason.values())
                        .map(reason -> "`" + reason + "`")
                        .toList());
    }

    @Test
    void databaseErrorsAreOfTheKindThatTheTableSays() {
        List<List<String>> rows = rows("Which failure ends what");

        assertKinds(rows.get(1).get(1), FaultKind.PASSING);
        // what is said about 42501 depends on the statement, so it is said after a semicolon of its own
        assertKinds(rows.get(2).get(1).replaceFirst("; `42501`.*", ""), FaultKind.RUN);
        assertThat(SqlFaults.kindOf(new SQLException("", "42501"))).isEqualTo(FaultKind.OBJECT);
    }

    private static void assertKinds(String cell, FaultKind kind) {
        List<String> states = matches("(?<=`)[0-9A-Z]{2}(?:[0-9A-Z]{3})?(?=`)", cell);
        assertThat(states).hasSizeGreaterThan(3);
        for (String state : states) {
            assertThat(SqlFaults.kindOf(new SQLException("", (state + "000").substring(0, 5))))
                    .as(state)
                    .isEqualTo(kind);
        }
    }

    @Test
    void everyScriptThatIsNamedCanBeRun() {
        List<String> scripts = matches("(?<![\\w/-])scripts/[a-z-]+", README);

        assertThat(scripts).contains("scripts/demo", "scripts/test", "scripts/lo-migrate");
        scripts.forEach(script -> assertThat(ROOT.resolve(script)).isExecutable());
    }

    @Test
    void everyLinkLeadsSomewhere() {
        List<String> headings = matches("(?m)(?<=^## ).*$", README);
        List<String> anchors = headings.stream().map(ReadmeTest::anchor).toList();
        List<String> links = matches("(?<=\\]\\()[^)]+(?=\\))", README);

        for (String link : links) {
            if (link.startsWith("#")) {
                assertThat(anchors).contains(link);
            } else {
                assertThat(ROOT.resolve(link)).exists();
            }
        }
        // the table of contents
        assertThat(links).containsAll(anchors);
    }

    /** How code hosts make an anchor of a heading: lower case, letters, digits, blanks as dashes, all else dropped. */
    private static String anchor(String heading) {
        return "#"
                + heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-');
    }

    @Test
    void integrationTestsAndTestsThatAreNamedExist() throws IOException {
        for (String name : matches("(?<=test=)\\w+|`\\w+Test`", README)) {
            String file = name.replace("`", "") + ".java";
            try (Stream<Path> sources = Files.walk(ROOT.resolve("migrator/src/test/java"))) {
                assertThat(sources.map(path -> path.getFileName().toString())).contains(file);
            }
        }
    }

    @Test
    void staysReadable() {
        assertThat(README.lines()).hasSizeLessThanOrEqualTo(MOST_LINES);
        assertThat(README.lines()
                        .filter(line -> !line.startsWith("|") && !line.startsWith("   "))
                        .toList())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(130));
    }

    /** The cells of all table rows in the section with this heading, the line below each header row left out. */
    private static List<List<String>> rows(String heading) {
        int start = README.indexOf("\n## " + heading + "\n");
        assertThat(start).as(heading).isPositive();
        int end = README.indexOf("\n## ", start + 1);
        return README.substring(start, end)
                .lines()
                .filter(line -> line.startsWith("|") && !line.startsWith("| ---"))
                .map(line -> Arrays.stream(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList())
                .toList();
    }

    private static List<String> matches(String regex, String text) {
        return Pattern.compile(regex)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .toList();
    }

    private static String text(String file) {
        try {
            return Files.readString(ROOT.resolve(file));
        } catch (IOException e) {
            throw new AssertionError(file, e);
        }
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("README.md"))) {
            directory = directory.getParent();
        }
        return directory;
    }
}
