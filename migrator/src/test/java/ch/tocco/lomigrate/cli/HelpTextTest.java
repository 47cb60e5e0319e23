package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The launcher prints a file, so that the help comes at once and without Java: it must say what the flags say. */
final class HelpTextTest {
    private static final Path SHIPPED = Path.of("src/main/dist/lib/help.txt");

    @Test
    void shippedTextIsThatOfTheFlags() throws Exception {
        Path made = Files.writeString(Path.of("target/help.txt"), HelpText.full());
        assertThat(SHIPPED)
                .as("after a change of the flags copy %s to %s", made, SHIPPED)
                .hasSameTextualContentAs(made);
    }
}
