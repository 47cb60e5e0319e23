package ch.tocco.lomigrate.benchmarks.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs a process to its end and reads from Linux what it took. One at a time. */
final class ProcessMeter {
    private static final Path OWN_STAT = Path.of("/proc/self/stat");
    private static final int POLL_MILLIS = 20;

    /** Of Linux on every architecture that a JVM runs on: {@code sysconf(_SC_CLK_TCK)}. */
    private static final double TICKS_PER_SECOND = 100;

    private ProcessMeter() {}

    /**
     * What a process took.
     *
     * @param startMillis when it was started, in the terms of {@link System#currentTimeMillis}
     * @param seconds from start to end
     * @param cpuSeconds user and system time of all its threads, and of what it waited for
     * @param peakKib largest resident set
     */
    record Usage(long startMillis, double seconds, double cpuSeconds, long peakKib) {}

    /** Runs the process; what it writes goes to {@code log}, and is shown if it fails. */
    static Usage run(ProcessBuilder builder, Path log) throws IOException, InterruptedException {
        double cpuBefore = cpuOfEndedChildren();
        long startMillis = System.currentTimeMillis();
        long start = System.nanoTime();
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        long peak = 0;
        while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, peakKib(process.pid()).orElse(peak));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (process.exitValue() != 0) {
            throw new IOException(
                    "exit code " + process.exitValue() + " of " + builder.command() + "\n" + Files.readString(log));
        }
        return new Usage(startMillis, seconds, cpuOfEndedChildren() - cpuBefore, peak);
    }

    /** The kernel adds a child's times to those when it is waited for: exact, unlike polling a process that ends. */
    private static double cpuOfEndedChildren() throws IOException {
        String stat = Files.readString(OWN_STAT);
        // The second field is a name in parentheses that may contain blanks.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS_PER_SECOND;
    }

    private static Optional<Long> peakKib(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst();
        } catch (IOException ended) {
            return Optional.empty();
        }
    }
}
