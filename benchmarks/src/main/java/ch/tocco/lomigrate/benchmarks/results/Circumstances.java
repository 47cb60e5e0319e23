package ch.tocco.lomigrate.benchmarks.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * When, where and how thoroughly something was measured.
 *
 * @param date day in UTC
 * @param machine processors, memory and kernel
 * @param versions of Java, and of the server if there was one
 * @param rounds how often each was measured
 * @param complete all objects of the workload; of a micro benchmark: warmed up long enough
 */
public record Circumstances(String date, String machine, String versions, int rounds, boolean complete) {
    private static final int ENOUGH_ROUNDS = 5;

    /** Of this machine, today. */
    public static Circumstances here(String server, int rounds, boolean complete) throws IOException {
        String machine = "%d processors (%s), %d MiB of memory, %s %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        fromProc("cpuinfo", "model name"),
                        Long.parseLong(fromProc("meminfo", "MemTotal").replaceAll("\\D", "")) / 1024,
                        System.getProperty("os.name"),
                        System.getProperty("os.version").replaceFirst("^(\\d+\\.\\d+).*", "$1"));
        String versions = "Java " + System.getProperty("java.version") + (server.isEmpty() ? "" : ", " + server);
        return new Circumstances(LocalDate.now(ZoneOffset.UTC).toString(), machine, versions, rounds, complete);
    }

    private static String fromProc(String file, String key) throws IOException {
        return Files.readAllLines(Path.of("/proc", file)).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    /** Whether what came of it may be told to others. */
    public boolean quotable() {
        return complete && rounds >= ENOUGH_ROUNDS;
    }
}
