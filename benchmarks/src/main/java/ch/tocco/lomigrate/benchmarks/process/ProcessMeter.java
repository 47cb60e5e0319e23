package ch.tocco.lomigrate.benchmarks.process;

import ch.tocco.lomigrate.benchmarks.e2e.Store;
import ch.tocco.lomigrate.benchmarks.results.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a process to its end and reads from Linux what it took. One at a time, or several for what they take together. */
public final class ProcessMeter {
    private static final Path OWN_STAT = Path.of("/proc/self/stat");
    private static final int POLL_MILLIS = 50;

    /** A look at all threads takes a file each. */
    private static final int POLLS_PER_LOOK_AT_THREADS = 4;

    /** Index of user time in a {@code stat} file, counted from after the name; system time follows. */
    static final int USER_TIME = 11;

    private static final int USER_TIME_OF_CHILDREN = 13;

    /** Of Linux on every architecture that a JVM runs on: {@code sysconf(_SC_CLK_TCK)}. */
    private static final double TICKS_PER_SECOND = 100;

    private ProcessMeter() {}

    /** What the store has seen so far. */
    public interface Watch {
        Store.Seen seen() throws IOException;
    }

    /**
     * What a process took.
     *
     * @param startMillis when it was started, in the terms of {@link System#currentTimeMillis}
     * @param seconds from start to end
     * @param cpuSeconds user and system time of all its threads, and of what it waited for
     * @param peakKib largest resident set
     * @param timeline how it went
     * @param threads what its threads took
     */
    public record Usage(
            long startMillis,
            double seconds,
            double cpuSeconds,
            long peakKib,
            Timeline timeline,
            ThreadTimes threads) {}

    /**
     * What several processes took.
     *
     * @param seconds from the start of the first to the end of the last
     * @param cpuSeconds user and system time of all
     */
    public record Total(double seconds, double cpuSeconds) {}

    /** Runs processes at the same time, each to its end. What one writes is shown if it fails. */
    public static Total runTogether(List<ProcessBuilder> builders) throws IOException, InterruptedException {
        double cpuBefore = cpuOfEndedChildren();
        long start = System.nanoTime();
        Path logs = Files.createTempDirectory("lo-migrate-bench-");
        List<Process> processes = new ArrayList<>();
        try {
            for (ProcessBuilder builder : builders) {
                processes.add(started(builder, logs.resolve(processes.size() + ".log")));
            }
            for (int i = 0; i < processes.size(); i++) {
                requireSuccess(processes.get(i).waitFor(), builders.get(i), logs.resolve(i + ".log"));
            }
            return new Total((System.nanoTime() - start) / 1e9, cpuOfEndedChildren() - cpuBefore);
        } finally {
            processes.forEach(Process::destroyForcibly);
            for (int i = 0; i < builders.size(); i++) {
                Files.deleteIfExists(logs.resolve(i + ".log"));
            }
            Files.delete(logs);
        }
    }

    private static Process started(ProcessBuilder builder, Path log) throws IOException {
        return builder.redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
    }

    private static void requireSuccess(int exitCode, ProcessBuilder builder, Path log) throws IOException {
        if (exitCode != 0) {
            throw new IOException("exit code " + exitCode + " of " + builder.command() + "\n" + Files.readString(log));
        }
    }

    /** Runs the process; what it writes goes to {@code log}, and is shown if it fails. */
    public static Usage run(ProcessBuilder builder, Path log, Watch watch) throws IOException, InterruptedException {
        double cpuBefore = cpuOfEndedChildren();
        long startMillis = System.currentTimeMillis();
        long start = System.nanoTime();
        Process process = started(builder, log);
        long peak = 0;
        Timeline timeline = new Timeline();
        ThreadTimes threads = new ThreadTimes();
        int polls = 0;
        while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            Path files = Path.of("/proc", Long.toString(process.pid()));
            try {
                List<String> status = Files.readAllLines(files.resolve("status"));
                peak = Math.max(peak, kib(status, "VmHWM:"));
                Store.Seen seen = watch.seen();
                timeline.add(new Timeline.Sample(
                        (System.nanoTime() - start) / 1e9,
                        seen.objects() - seen.giants(),
                        seen.giants(),
                        cpuSeconds(Files.readString(files.resolve("stat")), USER_TIME),
                        kib(status, "VmRSS:")));
                if (polls++ % POLLS_PER_LOOK_AT_THREADS == 0) {
                    threads.sample(files);
                }
            } catch (IOException ended) {
                // between the question whether it runs and the one how
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        requireSuccess(process.exitValue(), builder, log);
        return new Usage(startMillis, seconds, cpuOfEndedChildren() - cpuBefore, peak, timeline, threads);
    }

    /** The kernel adds a child's times to those when it is waited for: exact, unlike polling a process that ends. */
    private static double cpuOfEndedChildren() throws IOException {
        return cpuSeconds(Files.readString(OWN_STAT), USER_TIME_OF_CHILDREN);
    }

    /** User and system time, which are next to each other, of the text of a {@code stat} file. */
    static double cpuSeconds(String stat, int userField) {
        // The second field is a name in parentheses that may contain blanks.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[userField]) + Long.parseLong(fields[userField + 1])) / TICKS_PER_SECOND;
    }

    private static long kib(List<String> status, String key) {
        return status.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0L);
    }
}
