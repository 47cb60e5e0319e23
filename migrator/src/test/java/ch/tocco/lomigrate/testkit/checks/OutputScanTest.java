package ch.tocco.lomigrate.testkit.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.testkit.Cli;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A secret that was let out on purpose is found in every form and place. */
final class OutputScanTest {
    @TempDir
    private Path directory;

    static List<String> forms() {
        return List.of(
                Secrets.PASSWORD,
                Secrets.SECRET_KEY,
                URLEncoder.encode(Secrets.PASSWORD, StandardCharsets.UTF_8),
                URLEncoder.encode(Secrets.SECRET_KEY, StandardCharsets.UTF_8),
                Secrets.PASSWORD.substring(Secrets.PASSWORD.indexOf('@')),
                Secrets.PASSWORD.substring(0, Secrets.PASSWORD.indexOf('@')),
                Secrets.SECRET_KEY.toLowerCase(Locale.ROOT));
    }

    @ParameterizedTest(name = "form {index}")
    @MethodSource("forms")
    void plantedSecretIsFoundAndNotRepeated(String form) throws Exception {
        Path file = Files.createDirectories(directory.resolve("a/b")).resolve("run.out");
        Files.writeString(file, "first line\n<x y=\"" + form + "\"/>\n");

        var scan = OutputScan.of(List.of(directory));

        assertThat(scan.files()).isEqualTo(1);
        assertThat(scan.leaks())
                .singleElement()
                .asString()
                .startsWith(file + ", line 2: <x y=\"")
                .contains("[SECRET]")
                .doesNotContain(Secrets.MARK);
        assertThatThrownBy(() -> Secrets.requireNoneIn("it", form))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("it shows a secret")
                .hasMessageNotContaining(Secrets.MARK);
    }

    @Test
    void resultOfARunThatShowsASecretCannotEvenBeLookedAt() {
        assertThatThrownBy(() -> new Cli.Result(0, Secrets.PASSWORD, "")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> new Cli.Result(0, "", Secrets.SECRET_KEY)).isInstanceOf(AssertionError.class);
    }

    @Test
    void filesWithoutSecretsAndFoldersThatAreNotThereAreFine() throws Exception {
        Files.write(directory.resolve("binary"), new byte[] {-1, 0, -128, '\n'});
        Files.writeString(directory.resolve("text"), "password ***, from PGPASSWORD\n");

        assertThat(OutputScan.of(List.of(directory, directory.resolve("nowhere"))))
                .isEqualTo(new OutputScan(2, List.of()));
        assertThatCode(() -> Secrets.requireNoneIn("it", "")).doesNotThrowAnyException();
    }
}
