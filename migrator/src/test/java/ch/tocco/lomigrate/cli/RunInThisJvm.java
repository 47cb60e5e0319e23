package ch.tocco.lomigrate.cli;

import ch.tocco.lomigrate.config.Surroundings;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * A run of the tool in this JVM, in the guise of a process: to start a JVM takes longer than most runs of tests. Logs
 * look and go as they do in a process. As they belong to the whole JVM, a run waits until the one before has ended. It
 * has no process id, so it gets no signal; to destroy it interrupts it.
 */
public final class RunInThisJvm extends Process {
    private static final Semaphore ALONE = new Semaphore(1);

    /** As the launcher gives it to a run of the default size: budgets follow from it. */
    private static final long HEAP = 256 << 20;

    private final Thread thread;
    private volatile int exitCode;

    private RunInThisJvm(List<String> arguments, Surroundings surroundings, PrintStream out, PrintStream err) {
        thread = new Thread(
                () -> {
                    try (out;
                            err) {
                        exitCode = run(arguments, surroundings, out, err);
                    } finally {
                        ALONE.release();
                    }
                },
                "main");
    }

    /**
     * Starts a run.
     *
     * @param environment all variables that it finds set
     */
    public static Process start(List<String> arguments, Map<String, String> environment, File stdout, File stderr)
            throws IOException {
        var surroundings = new Surroundings(
                environment,
                Path.of(System.getProperty("user.home")),
                System.getProperty("user.name"),
                Path.of(System.getProperty("java.io.tmpdir")),
                HEAP,
                false);
        var run = new RunInThisJvm(List.copyOf(arguments), surroundings, stream(stdout), stream(stderr));
        ALONE.acquireUninterruptibly();
        run.thread.start();
        return run;
    }

    private static PrintStream stream(File file) throws IOException {
        return new PrintStream(new FileOutputStream(file, true), true, StandardCharsets.UTF_8);
    }

    private static int run(List<String> arguments, Surroundings surroundings, PrintStream out, PrintStream err) {
        PrintStream before = System.err;
        System.setErr(err); // log4j2-test.properties has the tool's log lines follow it
        try {
            return new Main(out, () -> err).run(arguments, surroundings).number();
        } finally {
            System.setErr(before);
        }
    }

    @Override
    public int waitFor() throws InterruptedException {
        thread.join();
        return exitCode;
    }

    @Override
    public int exitValue() {
        if (thread.isAlive()) {
            throw new IllegalThreadStateException("still running");
        }
        return exitCode;
    }

    @Override
    public void destroy() {
        thread.interrupt();
    }

    @Override
    public OutputStream getOutputStream() {
        return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream getInputStream() {
        return InputStream.nullInputStream();
    }

    @Override
    public InputStream getErrorStream() {
        return InputStream.nullInputStream();
    }
}
