package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.data.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/release} in a repository of its own, where Maven and the tests are stand-ins. */
final class ReleaseScriptTest {
    private static final String POM = "<project>\n  <version>1.0.0-SNAPSHOT</version>\n</project>\n";

    /** Packages a tool that says the version of its pom, as the real build does, and a bill of materials. */
    private static final String MAVEN = """
            #!/bin/sh
            version=$(sed -n 's:^  <version>\\(.*\\)</version>:\\1:p' pom.xml)
            mkdir -p migrator/target/lo-migrate-$version/bin
            printf '#!/bin/sh\\necho lo-migrate %s\\n' "$version" > migrator/target/lo-migrate-$version/bin/lo-migrate
            chmod +x migrator/target/lo-migrate-$version/bin/lo-migrate
            tar -czf migrator/target/lo-migrate-$version.tar.gz -C migrator/target lo-migrate-$version
            echo '{}' > migrator/target/sbom.json
            """;

    private static final String TESTS = "#!/bin/sh\necho ran > \"$(dirname \"$0\")/../target/tests\"\n";

    @TempDir
    private Path directory;

    private Path repository;
    private Path out;

    private record Result(int exitCode, String said) {}

    @BeforeEach
    void makeRepository() throws IOException, InterruptedException {
        repository = Files.createDirectories(directory.resolve("repository"));
        out = repository.resolve("target/release");
        Files.createDirectories(repository.resolve("target"));
        write("scripts/release", Files.readString(Page.ROOT.resolve("scripts/release")));
        write(".ci/run", TESTS);
        write("bin/mvn", MAVEN);
        write("pom.xml", POM);
        write("migrator/pom.xml", POM);
        write(".gitignore", "target/\n");
        write("CHANGELOG.md", "# Changelog\n\n## 1.0.0\n\n### Added\n\n- All.\n\n## 0.9.0\n\n");
        run("git", "init", "-q");
        commit();
    }

    private void write(String name, String text) throws IOException {
        Path file = repository.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(text.startsWith("#!"))).isTrue();
    }

    private void commit() throws IOException, InterruptedException {
        run("git", "add", "-A");
        run("git", "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-q", "-m", "x");
    }

    private Result release(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("scripts/release"));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    private Result run(String... command) throws IOException, InterruptedException {
        Path said = directory.resolve("said");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(repository.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().merge("PATH", repository.resolve("bin").toString(), (path, own) -> own + ":" + path);
        builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
        Process process = builder.start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return new Result(process.exitValue(), Files.readString(said));
    }

    @Test
    void leavesArtefactsWithChecksumsAndChangesNothingElse() throws IOException, InterruptedException {
        Result result = release("1.0.0");

        assertThat(result.exitCode()).as(result.said()).isZero();
        assertThat(repository.resolve("target/tests")).exists();
        try (Stream<Path> files = Files.list(out)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("lo-migrate-1.0.0.tar.gz", "lo-migrate-1.0.0-sbom.json", "SHA256SUMS");
        }
        assertThat(Files.readAllLines(out.resolve("SHA256SUMS"))).hasSize(2).allSatisfy(line -> {
            String[] parts = line.split("  ", 2);
            assertThat(Digests.of(Files.readAllBytes(out.resolve(parts[1]))).sha256())
                    .isEqualTo(parts[0]);
        });
        assertThat(run("git", "status", "--porcelain").said()).isEmpty();
        assertThat(run("git", "tag").said()).isEmpty();
        assertThat(result.said()).contains("git tag -a v1.0.0");
    }

    @Test
    void changesThatAreNotCommittedRefuseIt() throws IOException, InterruptedException {
        write("migrator/pom.xml", POM + "\n");

        assertRefused(release("1.0.0"), "changes that are not committed:  M migrator/pom.xml");
    }

    @Test
    void aVersionThatTheChangelogDoesNotHaveIsRefused() throws IOException, InterruptedException {
        assertRefused(release("1.0.1"), "CHANGELOG.md has no section \"## 1.0.1\"");
        // a heading without entries
        assertRefused(release("0.9.0"), "CHANGELOG.md has no section \"## 0.9.0\" with entries");
    }

    @Test
    void aVersionThatHasATagIsRefused() throws IOException, InterruptedException {
        run("git", "tag", "v1.0.0");

        assertRefused(release("1.0.0"), "there is a tag v1.0.0 already");
    }

    @Test
    void testsThatFailRefuseIt() throws IOException, InterruptedException {
        write(".ci/run", "#!/bin/sh\nexit 1\n");
        commit();

        assertRefused(release("1.0.0"), "tests fail");
    }

    private void assertRefused(Result result, String why) {
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.said()).contains("release: refused: ").contains(why);
        assertThat(out).doesNotExist();
    }

    @Test
    void skippedTestsAreSaidLoudly() throws IOException, InterruptedException {
        Result result = release("1.0.0", "--skip-tests");

        assertThat(result.exitCode()).isZero();
        assertThat(result.said()).contains("!!! THE TESTS ARE SKIPPED");
        assertThat(repository.resolve("target/tests")).doesNotExist();
    }

    @Test
    void aRehearsalGoesOnAndSaysWhatAReleaseWouldRefuse() throws IOException, InterruptedException {
        write("new.txt", "x");

        Result result = release("1.0.2", "--dry-run");

        assertThat(result.exitCode()).as(result.said()).isZero();
        assertThat(result.said())
                .contains(
                        "WOULD BE REFUSED: the tree has changes",
                        "WOULD BE REFUSED: CHANGELOG.md",
                        "would have refused a release: 2");
        assertThat(out.resolve("lo-migrate-1.0.2.tar.gz")).exists();
    }

    @Test
    void whatIsNoVersionIsAMistake() throws IOException, InterruptedException {
        for (String wrong : List.of("", "1.0", "v1.0.0", "1.0.0-SNAPSHOT", "--all")) {
            assertThat(release(wrong).exitCode()).as(wrong).isEqualTo(2);
        }
    }
}
