package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.tocco.lomigrate.arguments.Flag;
import ch.tocco.lomigrate.subcommands.Command;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.MessageDigestSpi;
import java.security.Provider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.crt.CRT;

/** The packaged tool, started the way users start it. */
@Timeout(120)
@Tag("slow")
final class LauncherIT {
    private static final String[] TOO_MUCH = {"--memory-budget", "3000000"};

    @TempDir
    private Path directory;

    private static Path launcher;

    /**
     * How a process ended.
     *
     * @param code exit code
     * @param out what it said on stdout
     * @param err what it said on stderr
     */
    private record Ended(int code, String out, String err) {
        private Ended {
            Secrets.requireNoneIn("stdout", out);
            Secrets.requireNoneIn("stderr", err);
        }
    }

    @BeforeAll
    static void findLauncher() throws IOException {
        try (Stream<Path> found = Files.list(Path.of("target"))) {
            launcher = found.map(path -> path.resolve("bin/lo-migrate"))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no distribution in target: run mvn package"))
                    .toAbsolutePath();
        }
    }

    @Test
    void versionIsThatOfTheBuild() throws Exception {
        String version =
                launcher.getParent().getParent().getFileName().toString().replace("lo-migrate-", "");
        assertThat(run(Map.of(), "--version")).isEqualTo(new Ended(0, "lo-migrate " + version + "\n", ""));
    }

    /** The archive is all that an operator has. */
    @Test
    void linksOfItsPagesLeadSomewhereInTheDistribution() throws Exception {
        Path distribution = launcher.getParent().getParent();
        List<String> dead = new ArrayList<>();
        try (Stream<Path> files = Files.walk(distribution)) {
            for (Path page :
                    files.filter(file -> file.toString().endsWith(".md")).toList()) {
                Pattern.compile("\\]\\(([^)#\\s]+)")
                        .matcher(Files.readString(page))
                        .results()
                        .map(link -> link.group(1))
                        .filter(link -> !link.startsWith("https://"))
                        .filter(link -> Files.notExists(page.resolveSibling(link)))
                        .forEach(link -> dead.add(distribution.relativize(page) + ": " + link));
            }
        }
        assertThat(dead).isEmpty();
    }

    @Test
    void helpOfACommandNeedsNoJava() throws Exception {
        for (Command command : Command.values()) {
            for (String argument : List.of("-h", "--help")) {
                assertThat(run(Map.of("JAVA_HOME", "/nowhere"), command.text(), argument))
                        .isEqualTo(new Ended(0, HelpText.of(command), ""));
            }
        }
    }

    @Test
    void helpOfSomethingThatIsNoCommandIsAMistake() throws Exception {
        assertThat(run(Map.of(), "finalise", "--help").code()).isEqualTo(2);
        assertThat(run(Map.of(), "../help/lo-migrate", "--help").code()).isEqualTo(2);
    }

    @Test
    void helpNeedsNoJava() throws Exception {
        for (String argument : List.of("-h", "--help")) {
            assertThat(run(Map.of("JAVA_HOME", "/nowhere"), argument)).isEqualTo(new Ended(0, HelpText.full(), ""));
        }
    }

    @Test
    void helpWithOtherFlagsIsTheSame() throws Exception {
        assertThat(run(Map.of(), "--finalize", "--help")).isEqualTo(new Ended(0, HelpText.full(), ""));
    }

    @Test
    void helpStartsNothingThatOnlyARunNeeds() throws Exception {
        Path classes = directory.resolve("classes");
        run(Map.of("LO_MIGRATE_JAVA_OPTS", "-Xlog:class+load:file=" + classes), "--finalize", "--help");
        assertThat(classes)
                .content()
                .contains("ch.tocco.lomigrate.cli.HelpText ")
                .doesNotContain(
                        "org.apache.logging.log4j.",
                        "java.util.logging.",
                        "org.postgresql.",
                        "software.amazon.awssdk.");
    }

    @Test
    void collectorOfTheUsersChoiceIsTaken() throws Exception {
        var options = Map.of("LO_MIGRATE_JAVA_OPTS", "-Xlog:gc:stderr -XX:+UseParallelGC");
        for (String argument : List.of("-V", "--bucket")) {
            assertThat(run(options, argument).err()).as(argument).contains("Using Parallel");
        }
    }

    /** The JVM reads these variables itself, and refuses two collectors. */
    @ParameterizedTest
    @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
    void collectorThatTheJvmItselfFindsInTheEnvironmentIsTaken(String variable) throws Exception {
        var options = Map.of(variable, "-Xlog:gc:stderr -XX:+UseParallelGC");
        Ended version = run(options, "-V");
        assertThat(version.code()).as(version.err()).isZero();
        assertThat(version.err()).contains("Using Parallel");
        Ended mistake = run(options, "--bucket");
        assertThat(mistake.code()).as(mistake.err()).isEqualTo(2);
        assertThat(mistake.err()).contains("Using Parallel", "--bucket needs a value");
    }

    @Test
    void smallestHeapOfAllJvmsOfTheMachineMayBeAboveTheToolsLargest() throws Exception {
        Ended ended = run(Map.of("JAVA_TOOL_OPTIONS", "-Xms1g"), "--bucket");
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err()).contains("--bucket needs a value");
    }

    @Test
    void ofSeveralCollectorsOursIsTheLastChoiceAndTheUsersOwnForThisToolTheFirst() throws Exception {
        var options = Map.of(
                "JAVA_TOOL_OPTIONS", "-XX:+UseSerialGC",
                "JDK_JAVA_OPTIONS", "-XX:+UseG1GC",
                "LO_MIGRATE_JAVA_OPTS", "-Xlog:gc:stderr -XX:+UseParallelGC");
        Ended ended = run(options, "-V");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).contains("Using Parallel");
    }

    /** The JVM's own code for that is 1, which would mean that objects failed. */
    @ParameterizedTest
    @ValueSource(strings = {"LO_MIGRATE_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
    void optionsThatTheJvmRefusesAreAUsageMistake(String variable) throws Exception {
        Ended ended = run(Map.of(variable, "-XX:+UseWibble"), "--finalize");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err())
                .contains("Unrecognized VM option 'UseWibble'")
                .endsWith("lo-migrate: Java does not start with these options: see LO_MIGRATE_JAVA_OPTS,"
                        + " JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS, _JAVA_OPTIONS\n");
    }

    /** A debugger that is waited for must not be asked for by a JVM that only tries the options. */
    @Test
    void optionsOfAgentsAreNotTriedFirst() throws Exception {
        Path java = fakeJavaThatSays("$*");
        Ended ended = run(Map.of("JAVA_HOME", java.toString(), "JAVA_TOOL_OPTIONS", "-agentlib:jdwp=suspend=y"));
        assertThat(ended.out()).contains("ch.tocco.lomigrate.cli.Main").doesNotContain("-version");
    }

    @ParameterizedTest
    @CsvSource({"LC_ALL, C", "LC_ALL, POSIX", "LC_CTYPE, C", "LANG, C", "LC_ALL, no_SUCH.locale"})
    void umlautsReachTheToolInAnyLocale(String variable, String locale) throws Exception {
        Map<String, String> environment = new HashMap<>();
        for (String name : List.of("LC_ALL", "LC_CTYPE", "LANG")) {
            environment.put(name, "");
        }
        environment.put(variable, locale);
        // by way of printf, as this JVM may be in such a locale itself
        Path shell = Files.writeString(
                directory.resolve("umlauts"),
                "LO_MIGRATE_BUCKET=$(printf 'b\\303\\274c/ket')\nexport LO_MIGRATE_BUCKET\nexec '" + launcher
                        + "' \"$(printf -- '--gr\\303\\274n')\"\n");
        Ended ended = start(Path.of("/bin/sh"), environment, shell.toString());
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err()).contains("unknown flag --gr\u00fcn").contains("b\u00fcc/ket");
    }

    /** A class name of another Java would be ignored without a word, and hashing be slow for as long as a run lasts. */
    @ParameterizedTest
    @ValueSource(strings = {"SHA-1", "SHA-256"})
    void digestFunctionsThatAreCompiledEarlyAreThoseOfThisJava(String algorithm) throws Exception {
        Provider provider = MessageDigest.getInstance(algorithm).getProvider();
        Class<?> function =
                Class.forName(provider.getService("MessageDigest", algorithm).getClassName());
        List<String> early = Pattern.compile("CompileThresholdScaling,([\\w.]+)")
                .matcher(Files.readString(launcher.resolveSibling("../lib/compiler.options")))
                .results()
                .map(found -> found.group(1))
                .toList();
        while (function.getSuperclass() != MessageDigestSpi.class) {
            assertThat(function.getName()).matches(name -> early.stream().anyMatch(name::startsWith));
            function = function.getSuperclass();
        }
        assertThat(early).contains(function.getName());
    }

    @Test
    void usageErrorGoesToStderrWithCodeTwo() throws Exception {
        Ended ended = run(
                Map.of("LO_MIGRATE_S3_URL", "nonsense"),
                "--wibble",
                "--pg-url=postgresql://u:" + Secrets.MARK + "@h:x/d");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .contains("unknown flag --wibble", "LO_MIGRATE_S3_URL must begin with", "--bucket is missing")
                .doesNotContain("Exception", "WARNING");
    }

    @Test
    void startsThroughLinksFromAnywhere() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("second"), launcher);
        Path linkToLink = Files.createSymbolicLink(directory.resolve("first"), link.getFileName());
        assertThat(start(linkToLink, Map.of(), "-V").code()).isZero();
    }

    @Test
    void heapFollowsTheBudget() throws Exception {
        Path file = Files.writeString(directory.resolve("args"), "# more\n--memory-budget 110\n");
        assertThat(heap(Map.of())).isEqualTo("-Xmx256m");
        assertThat(heap(Map.of(), "--memory-budget", "100")).isEqualTo("-Xmx264m");
        assertThat(heap(Map.of(), "--memory-budget=101", "-f")).isEqualTo("-Xmx266m");
        assertThat(heap(Map.of("LO_MIGRATE_MEMORY_BUDGET", "102"))).isEqualTo("-Xmx268m");
        assertThat(heap(Map.of("LO_MIGRATE_MEMORY_BUDGET", "102"), "@" + file)).isEqualTo("-Xmx284m");
        assertThat(heap(Map.of(), "--memory-budget", "1")).isEqualTo("-Xmx128m");
        assertThat(heap(Map.of(), "--memory-budget", "lots")).isEqualTo("-Xmx256m");
    }

    @Test
    void budgetAboveTheMachinesMemoryIsRefused() throws Exception {
        assumeThat(Path.of("/proc/meminfo")).exists();
        Ended ended = run(Map.of(), TOO_MUCH);
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).startsWith("lo-migrate: --memory-budget 3000000 takes a Java heap of 6000064 MiB");
    }

    @ParameterizedTest
    @CsvSource({
        "0::/pod/app, pod/memory.max, 383, 383",
        "0::/pod/app, memory.max, 300, 300",
        "4:memory:/job, memory/job/memory.limit_in_bytes, 256, 256",
        "'4:cpu,memory:/not/seen/from/here', memory/memory.limit_in_bytes, 256, 256",
    })
    void heapAboveTheLimitOfAControlGroupIsRefused(String group, String file, long mebibytes, String named)
            throws Exception {
        Ended ended = run(controlGroup(group, file, Long.toString(mebibytes << 20)), "-V");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err())
                .startsWith("lo-migrate: --memory-budget 96 takes a Java heap of 256 MiB and 128 MiB more, but the"
                        + " control group (the container, the job) may have " + named + " MiB");
    }

    @ParameterizedTest
    @CsvSource({
        "0::/pod, pod/memory.max, 402653184",
        "0::/pod, pod/memory.max, max",
        "0::/other, pod/memory.max, 1",
        "4:memory:/, memory/memory.limit_in_bytes, 9223372036854771712"
    })
    void heapWithinTheLimitOfAControlGroupStarts(String group, String file, String bytes) throws Exception {
        assertThat(run(controlGroup(group, file, bytes), "-V").code()).isZero();
    }

    /** A group with a limit, as the kernel shows it. */
    private Map<String, String> controlGroup(String group, String file, String bytes) throws IOException {
        Path root = directory.resolve("cgroup");
        Path limit = root.resolve(file);
        Files.createDirectories(limit.getParent());
        Files.writeString(limit, bytes + "\n");
        Path self = Files.writeString(directory.resolve("self"), group + "\n");
        return Map.of("CGROUP_ROOT", root.toString(), "CGROUP_OF_SELF", self.toString());
    }

    @Test
    void heapTooSmallForTheBudgetIsRefused() throws Exception {
        Ended ended = run(Map.of("LO_MIGRATE_JAVA_OPTS", "-Xmx128m"), "-b", "nice-bin", "-u", "http://h");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("--memory-budget of 96 MiB does not fit the Java heap of 128 MiB");
    }

    @Test
    void oldJavaIsRefusedInOneLine() throws Exception {
        Path java = fakeJava("echo 'openjdk version \"11.0.2\" 2019-01-15' >&2");
        Ended ended = run(Map.of("JAVA_HOME", java.toString()), "-V");
        assertThat(ended)
                .isEqualTo(new Ended(
                        2, "", "lo-migrate: Java 17 or newer is needed, but " + java + "/bin/java is Java 11\n"));
    }

    @ParameterizedTest
    @CsvSource({"xterm, 36, true, 36x200", "xterm, 24, true, 24x200", "dumb, 36, false, ''"})
    void displayIsLiveOnATerminalOfAnySize(String type, int rows, boolean live, String size) throws Exception {
        Path script = Path.of("/usr/bin/script");
        assumeThat(script).exists();
        Path java = fakeJavaThatSays("$*");
        String onTerminal = "stty rows " + rows + " cols 200 && exec '" + launcher + "' -V";

        Ended ended =
                start(script, Map.of("JAVA_HOME", java.toString(), "TERM", type), "-qec", onTerminal, "/dev/null");

        assertThat(ended.out()).contains("-Dlo.migrate.live=" + live + " -Dlo.migrate.size=" + size + " ");
    }

    /** Java is given UTF-8 in the locale C, for paths and passwords: that says nothing of the terminal. */
    @ParameterizedTest
    @CsvSource({"C.UTF-8, true", "C, false"})
    void displayKnowsWhetherTheTerminalShowsMoreThanAscii(String locale, boolean unicode) throws Exception {
        Path java = fakeJavaThatSays("$*");
        assertThat(run(Map.of("JAVA_HOME", java.toString(), "LC_ALL", locale)).out())
                .contains("-Dlo.migrate.unicode=" + unicode + " ");
    }

    /** Unpacked by the library itself, it would need a temporary directory that programs may be run from. */
    @Test
    void nativeLibraryOfTheHttpClientIsTakenFromTheDistribution() throws Exception {
        Path java = fakeJavaThatSays("$*");
        String options = run(Map.of("JAVA_HOME", java.toString())).out();
        Matcher path = Pattern.compile("-Djava.library.path=(\\S+)").matcher(options);
        assertThat(path.find()).as(options).isTrue();
        assertThat(Path.of(path.group(1), System.mapLibraryName(CRT.CRT_LIB_NAME)))
                .isReadable();
    }

    @Test
    void displayIsNotLiveInAFile() throws Exception {
        Path java = fakeJavaThatSays("$*");
        assertThat(run(Map.of("JAVA_HOME", java.toString(), "TERM", "xterm")).out())
                .contains("-Dlo.migrate.live=false ");
    }

    private String heap(Map<String, String> environment, String... arguments) throws Exception {
        Path java = fakeJavaThatSays("$1");
        Map<String, String> all = new HashMap<>(environment);
        all.put("JAVA_HOME", java.toString());
        return run(all, arguments).out().strip();
    }

    /** A Java 21 whose only output is this of its arguments. */
    private Path fakeJavaThatSays(String arguments) throws IOException {
        return fakeJava(
                "case $1 in -version) echo 'openjdk version \"21\"' >&2 ;; *) echo \"" + arguments + "\" ;; esac");
    }

    @Test
    void fewOpenFilesAreRefusedBeforeAnythingIsOpened() throws Exception {
        Map<String, String> environment = Map.of(
                "LO_MIGRATE_PG_URL", "postgresql://joe@127.0.0.1:1/nice",
                "LO_MIGRATE_S3_URL", "http://127.0.0.1:1",
                "LO_MIGRATE_BUCKET", "nice-bin");
        Ended ended = start(Path.of("/bin/sh"), environment, "-c", "ulimit -n 64 && exec \"$0\"", launcher.toString());
        assertThat(ended.code()).as(ended.err()).isEqualTo(3);
        assertThat(ended.err())
                .endsWith("lo-migrate: this process may have 64 files and connections open, and 230 may be needed:"
                        + " raise the limit with ulimit -n 1024, or lower --storer-threads\n");
    }

    private Path fakeJava(String script) throws IOException {
        Path home = Files.createDirectories(directory.resolve("java"));
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\n" + script + "\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        return home;
    }

    private Ended run(Map<String, String> environment, String... arguments) throws Exception {
        return start(launcher, environment, arguments);
    }

    private Ended start(Path program, Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith(Flag.ENVIRONMENT_PREFIX));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        int code = builder.start().waitFor();
        return new Ended(
                code, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }
}
