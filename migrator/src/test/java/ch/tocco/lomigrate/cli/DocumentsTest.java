package ch.tocco.lomigrate.cli;

import static java.util.Comparator.comparingInt;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.arguments.FlagTable;
import ch.tocco.lomigrate.subcommands.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages name exists: links, files, classes, commands, flags, variables, exit codes. */
final class DocumentsTest {
    /** Flags of other programs, and of this project's scripts, which are looked up there. */
    private static final Set<String> OTHER_FLAGS =
            Set.of("--unit", "--property", "--bucket", "--num-shards", "--large-objects", "--flag");

    private static final Path MAIN = Page.ROOT.resolve("migrator/src/main/java/ch/tocco/lomigrate");
    private static final Path TESTS = Page.ROOT.resolve("migrator/src/test/java");

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        int links = 0;
        for (Page page : Page.all()) {
            for (String link : page.matches("(?<=\\]\\()[^)\\s]+(?=\\))")) {
                links++;
                if (!link.startsWith("https://") && !leadsSomewhere(page, link)) {
                    dead.add(page.name() + ": " + link);
                }
            }
        }
        assertThat(dead).isEmpty();
        assertThat(links).isGreaterThan(60);
    }

    private static boolean leadsSomewhere(Page from, String link) {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty()
                ? Page.ROOT.resolve(from.name())
                : from.directory().resolve(file).normalize();
        return Files.exists(target)
                && (hash < 0
                        || Page.of(Page.ROOT.relativize(target).toString())
                                .anchors()
                                .contains(link.substring(hash + 1)));
    }

    @Test
    void flagsInTextExist() throws IOException {
        Set<String> unknown = new TreeSet<>();
        for (Page page : Page.all()) {
            String text = page.text()
                    .replaceAll("(?m)(scripts/[a-z-]+|\\.ci/run|radosgw-admin|systemd-run|sbatch|git)\\b[^`\\n]*", "");
            for (String name : Page.matches("(?<![\\w<-])--[a-z][a-z0-9-]*", text)) {
                if (!isFlag(name) && !OTHER_FLAGS.contains(name)) {
                    unknown.add(page.name() + ": " + name);
                }
            }
        }
        assertThat(unknown).isEmpty();
    }

    private static boolean isFlag(String name) {
        return Arrays.stream(Command.values())
                .anyMatch(command -> new FlagTable(command.flags()).find(name).isPresent());
    }

    @Test
    void variablesInTextExist() throws IOException {
        Set<String> known = new TreeSet<>(Set.of("LO_MIGRATE_JAVA_OPTS"));
        for (Command command : Command.values()) {
            new FlagTable(command.flags()).all().forEach(flag -> known.add(flag.variable()));
        }
        for (Page page : Page.all()) {
            assertThat(page.matches("\\bLO_MIGRATE_[A-Z0-9_]+")).as(page.name()).isSubsetOf(known);
        }
    }

    @Test
    void exitCodesInTextExist() throws IOException {
        List<String> codes = Arrays.stream(ExitCode.values())
                .map(code -> Integer.toString(code.number()))
                .toList();
        for (Page page : Page.all()) {
            assertThat(page.matches("(?<=\\bexit code )[0-9]+")).as(page.name()).isSubsetOf(codes);
        }
    }

    @Test
    void commandsInTextExist() throws IOException {
        for (Page page : Page.all()) {
            assertThat(page.matches("(?<=(?:`|\\$ |bin/)lo-migrate )[a-z]+"))
                    .as(page.name())
                    .isSubsetOf(Command.texts());
        }
    }

    @Test
    void scriptsInTextCanBeRunAndKnowTheirOptions() throws IOException {
        for (Page page : Page.all()) {
            for (String script : page.matches("(?<![\\w/-])scripts/[a-z-]+|\\.ci/run\\b")) {
                assertThat(Page.ROOT.resolve(script)).as(page.name()).isExecutable();
            }
            for (String call : page.matches("\\bscripts/(?!lo-migrate)[a-z-]+(?: [A-Z][A-Z.]*)? --[a-z-]+")) {
                String script = call.substring(0, call.indexOf(' '));
                assertThat(Files.readString(Page.ROOT.resolve(script)))
                        .as(page.name())
                        .contains(call.substring(call.indexOf("--")));
            }
        }
    }

    @Test
    void theWorkflowRunsWhatEveryBuildServerRuns() throws IOException {
        assertThat(Files.readAllLines(Page.ROOT.resolve(".github/workflows/build.yml")))
                .contains("      - run: .ci/run");
        assertThat(Files.readString(Page.ROOT.resolve(".ci/run"))).contains("scripts/test");
    }

    @Test
    void filesInTextExist() throws IOException {
        for (Page page : Page.all()) {
            page.code().stream()
                    .filter(code ->
                            code.matches("(?:scripts|docs|migrator|benchmarks|\\.ci|\\.github)/[\\w./-]*[\\w/]"))
                    .filter(code -> !code.contains("target/"))
                    .forEach(file ->
                            assertThat(Page.ROOT.resolve(file)).as(page.name()).exists());
            page.code().stream()
                    .filter(code -> code.matches("(?:lib|bin|share)/[\\w./-]*[\\w/]"))
                    .forEach(file -> assertThat(Page.ROOT.resolve("migrator/src/main/dist/" + file))
                            .as(page.name())
                            .exists());
        }
    }

    /** As in {@code observer.Observer} and {@code pipeline/Pipeline}. */
    @Test
    void classesInTextExist() throws IOException {
        int classes = 0;
        for (Page page : Page.all()) {
            for (String name : page.code()) {
                if (name.matches("[a-z0-9]+[./][A-Z]\\w+") && !name.startsWith("nice2")) {
                    classes++;
                    assertThat(MAIN.resolve(name.replace('.', '/') + ".java"))
                            .as(page.name())
                            .exists();
                }
            }
        }
        assertThat(classes).isGreaterThan(15);
    }

    @Test
    void testsInTextExist() throws IOException {
        try (Stream<Path> files = Files.walk(TESTS)) {
            List<String> known = files.map(path -> path.getFileName().toString().replace(".java", ""))
                    .toList();
            for (Page page : Page.all()) {
                assertThat(page.matches(
                                "(?<=test=)\\w+|(?<=`)\\w+(?:Test|[a-z0-9]IT)(?=`)|(?<=scripts/test )[A-Z]\\w+"))
                        .as(page.name())
                        .filteredOn(name -> !name.equals("CLASS"))
                        .isSubsetOf(known);
            }
        }
    }

    /** Every version has some of these groups, in this order; an entry is one line. */
    @Test
    void theChangelogIsGroupedAndBrief() {
        List<String> order = List.of("Added", "Changed", "Fixed", "Security");
        Page changelog = Page.of("CHANGELOG.md");
        List<String> versions = List.of(changelog.text().split("(?m)^## ", -1));

        assertThat(versions).hasSizeGreaterThan(1);
        for (String version : versions.subList(1, versions.size())) {
            List<String> groups = Page.matches("(?m)(?<=^### ).*$", version);
            assertThat(groups).isNotEmpty().isSubsetOf(order).isSortedAccordingTo(comparingInt(order::indexOf));
            String entries = version.substring(version.indexOf("\n### "));
            assertThat(entries.lines().filter(line -> !line.matches("|### .*|- [A-Z0-9`/].*[.]")))
                    .isEmpty();
        }
    }

    @Test
    void linesFitAnEditor() throws IOException {
        for (Page page : Page.all()) {
            assertThat(page.text()
                            .lines()
                            .filter(line -> !line.startsWith("|") && !line.startsWith("   "))
                            .filter(line -> line.length() > 130))
                    .as(page.name())
                    .isEmpty();
        }
    }
}
