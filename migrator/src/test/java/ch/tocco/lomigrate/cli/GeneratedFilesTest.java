package ch.tocco.lomigrate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.subcommands.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Help texts, manual pages, completions and the reference of all flags are files in the repository, made from the flags
 * themselves; none of them is stale. {@code scripts/generate} writes them anew ({@code -Dlo.migrate.record=true}).
 */
final class GeneratedFilesTest {
    private static final Path DIST = Path.of("src/main/dist");
    private static final Path HELP = DIST.resolve("lib/help");
    private static final Path MANUAL = DIST.resolve("share/man/man1");

    private static Map<Path, String> files() {
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(HELP.resolve("lo-migrate.txt"), HelpText.full());
        files.put(MANUAL.resolve("lo-migrate.1"), ManualPage.full());
        for (Command command : Command.values()) {
            files.put(HELP.resolve(command.text() + ".txt"), HelpText.of(command));
            files.put(MANUAL.resolve("lo-migrate-" + command.text() + ".1"), ManualPage.of(command));
        }
        files.put(DIST.resolve("share/bash-completion/completions/lo-migrate"), Completions.bash());
        files.put(DIST.resolve("share/zsh/site-functions/_lo-migrate"), Completions.zsh());
        files.put(Path.of("../docs/flags.md"), FlagReference.text());
        return files;
    }

    @Test
    void everyGeneratedFileIsWhatTheFlagsSay() throws IOException {
        for (Map.Entry<Path, String> file : files().entrySet()) {
            if (Boolean.getBoolean("lo.migrate.record")) {
                Files.createDirectories(file.getKey().getParent());
                Files.writeString(file.getKey(), file.getValue());
            }
            assertThat(file.getKey())
                    .as("%s is stale: run scripts/generate", file.getKey())
                    .hasContent(file.getValue());
        }
    }

    @Test
    void noOtherFileLiesWhereGeneratedOnesAre() throws IOException {
        for (Path directory : new Path[] {HELP, DIST.resolve("share")}) {
            try (Stream<Path> found = Files.walk(directory)) {
                assertThat(found.filter(Files::isRegularFile)).isSubsetOf(files().keySet());
            }
        }
    }
}
