package ch.tocco.lomigrate.hooks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Executes the program of {@code --hook} once: without a shell, with nothing to read, in an environment of its own, and for a
 * bounded time.
 */
final class HookProcess {
    private static final List<String> KEPT = List.of("PATH", "HOME", "LANG");
    private static final String VARIABLES = "LO_EVENT_";
    private static final int MOST_CHARACTERS = 2000;
    private static final int MOST_SHOWN = 200;
    private static final long LAST_WORDS_MILLIS = 200;

    private final Map<String, String> environment;
    private final Duration longest;
    private volatile Process process;
    private volatile boolean cancelled;

    /**
     * @param environment of this process, from which only what every program needs is handed on
     * @param longest how long it may take before it is killed with its children
     */
    HookProcess(Map<String, String> environment, Duration longest) {
        this.environment = environment;
        this.longest = longest;
    }

    /**
     * Executes it and waits for its end.
     *
     * @param values by name, without the prefix of all of them
     * @return what went wrong; empty: it ended with 0
     */
    Optional<String> execute(Path program, Map<String, String> values) throws InterruptedException {
        var builder = new ProcessBuilder(program.toString()).redirectErrorStream(true);
        builder.environment().clear();
        KEPT.stream()
                .filter(environment::containsKey)
                .forEach(name -> builder.environment().put(name, environment.get(name)));
        values.forEach((name, value) -> builder.environment().put(VARIABLES + name, plain(value)));
        try {
            Process started = builder.start();
            process = started;
            started.getOutputStream().close();
            return awaitEnd(started);
        } catch (IOException e) {
            return Optional.of("cannot be executed: " + e.getMessage());
        }
    }

    private Optional<String> awaitEnd(Process started) throws InterruptedException {
        Output output = Output.of(started.getInputStream());
        try {
            boolean ended = cancelled || started.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS);
            if (cancelled) {
                return Optional.of("was killed, as the run ended");
            }
            if (!ended) {
                return Optional.of("took over " + longest.toSeconds() + " s and was killed" + output.lastWords());
            }
            int code = started.exitValue();
            return code == 0 ? Optional.empty() : Optional.of("ended with exit code " + code + output.lastWords());
        } finally {
            kill(started);
        }
    }

    /** Kills it with its children, if it is under way; any thread. */
    void cancel() {
        cancelled = true;
        Process running = process;
        if (running != null) {
            kill(running);
        }
    }

    /** Children first: an orphan belongs to another parent and would not be found. */
    private static void kill(Process running) {
        if (running.isAlive()) {
            running.descendants().forEach(ProcessHandle::destroyForcibly);
            running.destroyForcibly();
        }
    }

    /** A variable takes no zero, and a line break would tear a log that it is written to. */
    private static String plain(String value) {
        String line = value.replaceAll("\\p{Cntrl}+", " ");
        return line.length() > MOST_CHARACTERS ? line.substring(0, MOST_CHARACTERS) : line;
    }

    /** Keeps the beginning of a program's output. Does not wait for a child of the program that goes on writing. */
    private static final class Output {
        private final byte[] kept = new byte[MOST_SHOWN];
        private final CountDownLatch ended = new CountDownLatch(1);

        static Output of(InputStream from) {
            Output output = new Output();
            Thread reader = new Thread(() -> output.read(from), "hook-output");
            reader.setDaemon(true);
            reader.start();
            return output;
        }

        private void read(InputStream from) {
            try {
                from.readNBytes(kept, 0, kept.length);
                from.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // The program was killed.
            } finally {
                ended.countDown();
            }
        }

        String lastWords() throws InterruptedException {
            ended.await(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
            String words = plain(new String(kept, UTF_8)).strip();
            return words.isEmpty() ? "" : ": " + words;
        }
    }
}
