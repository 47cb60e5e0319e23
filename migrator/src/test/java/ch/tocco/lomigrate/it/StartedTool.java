package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The tool at work, for tests that look at it meanwhile; killed when it is closed. For one thread. */
final class StartedTool implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path stdout;
    private final Path stderr;
    private final Process process;

    /** @param directory for what the tool writes */
    StartedTool(Cli cli, Path directory) throws IOException {
        stdout = directory.resolve("stdout");
        stderr = directory.resolve("stderr");
        process = cli.start(stdout.toFile(), stderr.toFile());
    }

    /** All that it has written so far. */
    String output() throws IOException {
        return Files.readString(stdout) + Files.readString(stderr);
    }

    /** Waits until the tool has written this; fails if it ends before. */
    void awaitOutput(String text) throws Exception {
        awaitOutput(text, 1);
    }

    /** Waits until the tool has written this so many times. */
    void awaitOutput(String text, int times) throws Exception {
        Await.until(LIMIT, text, () -> times(text) >= times || !process.isAlive());
        assertThat(output()).contains(text);
    }

    /** How often the tool has written this until now. */
    int times(String text) throws Exception {
        return output().split(Pattern.quote(text), -1).length - 1;
    }

    /** Sends a signal by its short name. */
    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    long processId() {
        return process.pid();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** Waits for the end, and fails if it is another one; the output is in the message then. */
    String end(int exitCode) throws Exception {
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("ended: %s", output())
                .isTrue();
        assertThat(process.exitValue()).as(output()).isEqualTo(exitCode);
        return output();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
