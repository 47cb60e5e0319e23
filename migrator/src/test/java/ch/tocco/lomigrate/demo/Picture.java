package ch.tocco.lomigrate.demo;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Takes the picture of the live display from a run of the packaged tool, on servers of its own: {@code docs/display.txt}
 * is what the terminal showed in the middle of the run, {@code docs/display.svg} the same as a picture.
 */
public final class Picture {
    /** What the picture is called where it cannot be seen. */
    public static final String TITLE = "The live display of lo-migrate in the middle of a run";

    private static final Path TEXT = Path.of("docs/display.txt");
    private static final Path SVG = Path.of("docs/display.svg");
    private static final String BUCKET = "binaries";
    private static final int COLUMNS = 142;
    private static final int ROWS = 40;
    private static final int OBJECTS_FAILED = 1;

    private Picture() {}

    public static void main(String[] args) throws Exception {
        Path output = Files.createTempFile("lo-migrate-picture-", ".txt");
        Path spill = Files.createTempDirectory("lo-migrate-picture-spill-");
        try (var postgres = EmbeddedPostgres.start(Map.of());
                var s3 = EmbeddedS3.start()) {
            SourceDatabase database = SourceDatabase.create(postgres);
            s3.createBucket(BUCKET);
            System.out.println("filling the table");
            new DemoData(database).fillForSomeSeconds();
            System.out.println("migrating");
            int exitCode = Cli.migrating(database, s3, BUCKET)
                    // there is no terminal: the display is told that there is one
                    .environment(
                            "LO_MIGRATE_JAVA_OPTS",
                            "-Dlo.migrate.live=true -Dlo.migrate.unicode=true -Dlo.migrate.size=" + ROWS + "x"
                                    + COLUMNS)
                    .arguments(List.of("--spill-dir", spill.toString(), "--interval", "1", "--storer-threads", "16"))
                    .startAsOnTerminal(output.toFile())
                    .waitFor();
            if (exitCode != OBJECTS_FAILED) {
                throw new IllegalStateException("exit code " + exitCode + "\n" + Files.readString(output));
            }
            save(middle(Screen.afterEachBlock(Files.readString(output), COLUMNS)));
        } finally {
            Files.delete(output);
            Files.deleteIfExists(spill);
        }
        System.exit(0);
    }

    /** The last rows of the screen when half of the run was over: the log scrolls by above the block. */
    private static List<String> middle(List<List<String>> blocks) {
        List<List<String>> running = blocks.stream()
                .filter(screen -> screen.stream().noneMatch(line -> line.contains("(final stats)")))
                .toList();
        List<String> screen = running.get(running.size() / 2);
        return screen.subList(Math.max(0, screen.size() - ROWS), screen.size()).stream()
                .dropWhile(line -> !line.matches("20[0-9]{2}-.*"))
                .toList();
    }

    private static void save(List<String> lines) throws IOException {
        Files.writeString(TEXT, String.join("\n", lines) + "\n");
        Files.writeString(SVG, SvgText.of(lines, TITLE));
        System.out.println("wrote " + TEXT + " and " + SVG);
    }
}
