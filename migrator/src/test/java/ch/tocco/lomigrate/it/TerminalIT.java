package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.Secrets;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.data.SourceRow;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees: the tool in a real terminal, that of tmux. Skipped where tmux is not installed. */
@ExtendWith(Backends.class)
@Timeout(180)
@Tag("slow")
final class TerminalIT {
    private static final Path TMUX = Path.of("/usr/bin/tmux");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Predicate<String> BAR =
            Pattern.compile("[\u2595\\[].*% +ETA .*").asMatchPredicate();

    @TempDir
    private Path temp;

    private SourceDatabase database;
    private S3Server s3;
    private String bucket;

    @BeforeEach
    void prepare(SourceDatabase fresh, S3Server server) throws Exception {
        assumeTrue(Files.isExecutable(TMUX), "tmux is not installed");
        database = fresh;
        // 12 seconds at 10 a second
        database.fill(120, 1, seed -> 1000, "text/plain");
        for (int i = 0; i < 20; i++) {
            database.insertRow(new SourceRow("%040x".formatted(i), 7L, "", 4_000_000_000L + i, null));
        }
        s3 = server;
        bucket = s3.createBucket();
    }

    @AfterEach
    void stop() throws Exception {
        if (Files.isExecutable(TMUX)) {
            tmux("kill-server");
        }
    }

    private List<String> command(String... arguments) {
        return Stream.concat(
                        Stream.of(
                                TMUX.toString(),
                                "-u",
                                "-S",
                                temp.resolve("tmux").toString(),
                                "-f",
                                "/dev/null"),
                        Stream.of(arguments))
                .toList();
    }

    private String tmux(String... arguments) throws IOException, InterruptedException {
        var process =
                new ProcessBuilder(command(arguments)).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        Secrets.requireNoneIn("the terminal", said);
        return said;
    }

    private void start(int columns, int rows, String locale, String... flags) throws Exception {
        ProcessBuilder tool = Cli.migrating(database, s3, bucket)
                .environment("LC_ALL", locale)
                .arguments(List.of("--spill-dir", temp.toString(), "--interval", "1", "--max-rate", "10"))
                .arguments(List.of(flags))
                .within(command(
                        "new-session", "-d", "-x", Integer.toString(columns), "-y", Integer.toString(rows), "--"));
        var started = tool.redirectErrorStream(true).start();
        assertThat(started.waitFor()).isZero();
        tmux("set-option", "-g", "remain-on-exit", "on");
    }

    /** The rows of the terminal, without the empty ones at the end. */
    private List<String> screen() throws Exception {
        return tmux("capture-pane", "-p").stripTrailing().lines().toList();
    }

    private List<String> awaitScreen(String what, Predicate<List<String>> seen) throws Exception {
        Await.until(PATIENCE, what, () -> {
            try {
                return seen.test(screen());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        return screen();
    }

    private static boolean has(List<String> screen, String text) {
        return screen.stream().anyMatch(line -> line.contains(text));
    }

    private static int bars(List<String> screen) {
        return (int) screen.stream().filter(BAR).count();
    }

    private static String last(List<String> screen) {
        return screen.isEmpty() ? "" : screen.get(screen.size() - 1);
    }

    @Test
    void smallTerminalShowsOneLineInPlaceBelowTheLogAndGrowsToTheBlock() throws Exception {
        start(80, 24, "C.UTF-8");
        List<String> small = awaitScreen("progress", screen -> BAR.test(last(screen)) && has(screen, " WARN "));
        assertThat(bars(small)).as(String.join("\n", small)).isEqualTo(1);
        assertThat(last(small)).startsWith("\u2595").contains("20 failed", "waits for its rate");
        assertThat(has(small, "Queue Usage")).isFalse();
        String before = last(small);
        List<String> later = awaitScreen(
                "the next line",
                screen -> BAR.test(last(screen)) && !last(screen).equals(before));
        assertThat(bars(later)).as(String.join("\n", later)).isEqualTo(1);

        tmux("resize-window", "-x", "132", "-y", "50");
        List<String> large = awaitScreen("the block", screen -> has(screen, "FAILED OBJECTS: 20"));
        assertThat(bars(large)).as(String.join("\n", large)).isEqualTo(1);
        assertThat(has(large, "Queue Usage")).isTrue();

        tmux("resize-window", "-x", "60", "-y", "12");
        List<String> narrow = awaitScreen(
                "a line of the new width", screen -> BAR.test(last(screen)) && !has(screen, "FAILED OBJECTS"));
        assertThat(last(narrow).length()).isLessThanOrEqualTo(60);
        List<String> end = awaitScreen("the end", screen -> has(screen, "lo-migrate: 20 objects failed"));
        assertThat(bars(end)).as(String.join("\n", end)).isLessThanOrEqualTo(1);
    }

    @Test
    void localeWithoutUtf8GetsAscii() throws Exception {
        start(80, 24, "C", "--display", "line");
        List<String> screen = awaitScreen("progress", seen -> BAR.test(last(seen)));
        assertThat(last(screen)).startsWith("[").matches("[ -~]+");
    }
}
