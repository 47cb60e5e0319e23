package ch.tocco.lomigrate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packages depend only on those below them, and each library is known to as few of them as possible. */
final class ArchitectureTest {
    private static final Path SOURCES = Path.of("src/main/java/ch/tocco/lomigrate");

    /** From the top down. A package may use any of a lower row, and none of its own. */
    private static final List<Set<String>> LADDER = List.of(
            Set.of("cli"),
            Set.of("command", "arguments"),
            Set.of("subcommands"),
            Set.of("pipeline", "flags", "throttle", "control", "web", "report"),
            Set.of("metrics"),
            Set.of(
                    "preflight",
                    "finalize",
                    "observer",
                    "receiver",
                    "storer",
                    "committer",
                    "discover",
                    "status",
                    "watch"),
            Set.of("monitor", "listing", "hooks", "journal"),
            Set.of("source", "references", "locks"),
            Set.of("postgres", "s3", "guard", "login", "values"),
            Set.of("store", "http"),
            Set.of("books", "ring"),
            Set.of("lifecycle", "mapping"),
            Set.of("lo", "config"),
            Set.of("pacing"));

    private static final long MOST_TYPES = 15;

    private static final Set<String> ALL = LADDER.stream().flatMap(Set::stream).collect(Collectors.toSet());

    /** Who may use what is not of this project nor of the JDK's core; no package may use what is not listed. */
    private static final Map<String, Set<String>> LIBRARIES = Map.of(
            "com.lmax.disruptor", Set.of("ring"),
            "com.beust.jcommander", Set.of("arguments", "subcommands", "flags", "values"),
            "software.amazon.awssdk", Set.of("s3", "http"),
            "io.prometheus.metrics", Set.of("metrics"),
            "com.sun.net.httpserver", Set.of("web"),
            "tools.jackson.core", Set.of("watch", "report", "discover", "status"),
            "org.postgresql", Set.of("login", "receiver", "listing", "source", "postgres"),
            "java.sql",
                    Set.of(
                            "command",
                            "preflight",
                            "finalize",
                            "observer",
                            "receiver",
                            "committer",
                            "listing",
                            "source",
                            "references",
                            "locks",
                            "journal",
                            "status",
                            "discover",
                            "postgres",
                            "throttle"),
            "org.apache.logging.log4j",
                    Set.of(
                            "cli",
                            "command",
                            "pipeline",
                            "preflight",
                            "finalize",
                            "observer",
                            "receiver",
                            "storer",
                            "committer",
                            "monitor",
                            "throttle",
                            "control",
                            "web",
                            "report",
                            "hooks",
                            "discover",
                            "source",
                            "references",
                            "locks",
                            "journal",
                            "postgres",
                            "s3",
                            "guard",
                            "store",
                            "books",
                            "lifecycle"));

    private static final Pattern JDK_CORE =
            Pattern.compile("(java\\.(?!sql\\.)|javax\\.(?:crypto|net|xml\\.stream)\\.|jdk\\.net\\.).*");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?([\\w.]+\\*?);");
    private static final Pattern OWN = Pattern.compile("\\bch\\.tocco\\.lomigrate\\.([a-z]\\w*)\\b");
    private static final Pattern STANDARD_STREAMS = Pattern.compile("\\bSystem\\.(out|err|in|setOut|setErr|setIn)\\b");
    private static final Pattern SQLSTATE = Pattern.compile("\"(?:[0-9][0-9A-Z]|P0)[0-9A-Z]{3}\"");
    private static final Pattern EXIT =
            Pattern.compile("\\bSystem\\.exit\\b|\\bRuntime\\.getRuntime\\(\\)\\.(exit|halt)\\b");

    /** One file of the product. */
    private record Source(String pack, String name, String text) {
        static Source of(Path file) {
            try {
                return new Source(
                        file.getParent().getFileName().toString(),
                        file.getFileName().toString(),
                        Files.readString(file, UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        List<String> find(Pattern pattern, int group) {
            Matcher matcher = pattern.matcher(text);
            return matcher.results()
                    .map((MatchResult found) -> found.group(group))
                    .toList();
        }

        String says(String what) {
            return pack + "/" + name + ": " + what;
        }
    }

    @Test
    void everyPackageHasItsPlaceOnTheLadder() throws IOException {
        assertThat(sources().stream().map(Source::pack).distinct()).containsExactlyInAnyOrderElementsOf(ALL);
    }

    /** Also where a name is written out, in code or in a comment. */
    @Test
    void noPackageIsTooLargeToOverlook() throws IOException {
        Map<String, Long> types = sources().stream()
                .filter(source -> !source.name().equals("package-info.java"))
                .collect(Collectors.groupingBy(Source::pack, Collectors.counting()));
        assertThat(types).allSatisfy((pack, count) -> assertThat(count).as(pack).isLessThanOrEqualTo(MOST_TYPES));
    }

    @Test
    void packagesUseOnlyLowerRows() throws IOException {
        List<String> offending = new ArrayList<>();
        for (Source source : sources()) {
            Set<String> allowed = below(source.pack());
            source.find(OWN, 1).stream()
                    .distinct()
                    .filter(used -> !used.equals(source.pack()) && !allowed.contains(used))
                    .forEach(used -> offending.add(source.says("uses package " + used + ", which is not below")));
        }
        assertThat(offending).isEmpty();
    }

    @Test
    void librariesAreUsedWhereTheyBelong() throws IOException {
        List<String> offending = new ArrayList<>();
        for (Source source : sources()) {
            source.find(IMPORT, 1).stream()
                    .filter(name -> !OWN.matcher(name).lookingAt())
                    .filter(name -> !JDK_CORE.matcher(name).matches())
                    .filter(name -> LIBRARIES.entrySet().stream()
                            .noneMatch(library -> name.startsWith(library.getKey() + ".")
                                    && library.getValue().contains(source.pack())))
                    .forEach(name -> offending.add(source.says("import " + name)));
        }
        assertThat(offending).isEmpty();
    }

    @Test
    void onlyCommandLineAndMonitorKnowTheStandardStreams() throws IOException {
        assertThat(outside(Set.of("cli", "monitor"), STANDARD_STREAMS)).isEmpty();
    }

    @Test
    void onlyTheCommandLineEndsTheProcess() throws IOException {
        assertThat(outside(Set.of("cli"), EXIT)).isEmpty();
    }

    @Test
    void onePlaceKnowsWhatAnSqlstateMeans() throws IOException {
        assertThat(sources().stream().filter(source -> !source.find(SQLSTATE, 0).isEmpty()))
                .extracting(Source::name)
                .containsExactly("SqlFaults.java");
    }

    /** The rules above must see what they are about: a pattern that finds nothing would forbid nothing. */
    @Test
    void patternsFindWhatTheyAreFor() throws IOException {
        Set<String> imports = sources().stream()
                .flatMap(source -> source.find(IMPORT, 1).stream())
                .collect(Collectors.toSet());
        assertThat(LIBRARIES.keySet())
                .allSatisfy(library -> assertThat(imports).anyMatch(name -> name.startsWith(library + ".")));
        assertThat(outside(Set.of(), STANDARD_STREAMS)).isNotEmpty();
        assertThat(outside(Set.of(), EXIT)).isNotEmpty();
        assertThat(IMPORT.matcher("import static ch.tocco.lomigrate.lo.LoEvent.*;")
                        .matches())
                .isTrue();
    }

    private static List<String> outside(Set<String> allowed, Pattern pattern) throws IOException {
        return sources().stream()
                .filter(source -> !allowed.contains(source.pack()))
                .flatMap(source -> source.find(pattern, 0).stream().map(source::says))
                .toList();
    }

    private static Set<String> below(String pack) {
        return LADDER.stream()
                .dropWhile(row -> !row.contains(pack))
                .skip(1)
                .flatMap(Set::stream)
                .collect(Collectors.toSet());
    }

    private static List<Source> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<Source> sources = files.filter(file -> file.toString().endsWith(".java"))
                    .map(Source::of)
                    .toList();
            assertThat(sources).as("sources in " + SOURCES.toAbsolutePath()).hasSizeGreaterThan(50);
            return sources;
        }
    }
}
