package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code scripts/test} has Maven run; in place of Maven stands a script that says what it was given. */
@Timeout(60)
final class TestScriptTest {
    private static final Path TESTS = Path.of("src/test/java");

    @TempDir
    private Path directory;

    @BeforeEach
    void replaceMaven() throws IOException {
        Path maven = Files.writeString(directory.resolve("mvn"), """
                #!/bin/sh
                echo mvn "$@" | tee -a "$(dirname "$0")/calls"
                [ -z "$FORMAT_IS_WRONG" ] || [ "$2" != spotless:check ]
                """);
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String said(int exitCode, String... arguments) throws Exception {
        return said(exitCode, Map.of(), arguments);
    }

    private String said(int exitCode, Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("../scripts/test"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().merge("PATH", directory.toString(), (path, first) -> first + ":" + path);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(said).isEqualTo(exitCode);
        return said;
    }

    @Test
    void allIsRunWithMavensArguments() throws Exception {
        assertThat(said(0)).isEqualTo("mvn verify -Dspotless.check.skip");
        assertThat(said(0, "-Dtest.forks=1")).isEqualTo("mvn verify -Dspotless.check.skip -Dtest.forks=1");
    }

    @Test
    void formatIsCheckedBesideTheRestAndFailsTheWhole() throws Exception {
        said(0, "--offline");
        assertThat(directory.resolve("calls"))
                .content()
                .hasLineCount(2)
                .contains("mvn --quiet spotless:check --offline\n", "mvn verify -Dspotless.check.skip --offline\n");
        assertThat(said(1, Map.of("FORMAT_IS_WRONG", "yes"))).contains("mvn --quiet spotless:check");
    }

    @Test
    void quickRunsUnitTestsThatAreNotTaggedSlow() throws Exception {
        assertThat(said(0, "--quick")).isEqualTo("mvn test -pl migrator -DexcludedGroups=slow -Dspotless.check.skip");
        try (Stream<Path> files = Files.walk(TESTS)) {
            assertThat(files.filter(TestScriptTest::isTaggedSlow))
                    .extracting(file -> file.getFileName().toString())
                    .contains("LostWakeUpTest.java", "EmbeddedPostgresTest.java", "MigrationCheckTest.java");
        }
    }

    private static boolean isTaggedSlow(Path file) {
        try {
            return file.toString().endsWith(".java") && Files.readString(file).contains("\n@Tag(\"slow\")\n");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void oneClassIsRunAlone() throws Exception {
        assertThat(said(0, "PgUrlTest")).startsWith("mvn test -pl migrator -am -Dtest=PgUrlTest ");
        assertThat(said(0, "CasesIT")).startsWith("mvn verify -pl migrator -am -Dit.test=CasesIT -Dtest=none ");
    }

    @Test
    void classThatIsNotThereIsAMistake() throws Exception {
        assertThat(said(2, "NoSuchTest")).isEqualTo("scripts/test: there is no test class NoSuchTest");
    }
}
