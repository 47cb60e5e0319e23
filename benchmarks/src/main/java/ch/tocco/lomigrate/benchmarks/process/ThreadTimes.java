package ch.tocco.lomigrate.benchmarks.process;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * CPU time of a process by what its threads are for, as far as their names tell. A thread's time is that of when it was
 * last looked at. For one thread.
 */
public final class ThreadTimes {
    /** Of the thread that starts the run, before and from the first object in the store. */
    static final String START = "start";

    static final String OBSERVER = "observer";

    private static final String REST = "rest";

    /** How the names of threads begin: Linux keeps 15 characters of them. The first that fits counts. */
    private static final Map<String, String> STAGES = new LinkedHashMap<>();

    static {
        STAGES.put("receiver", "receivers");
        STAGES.put("giant-receiver", "receivers");
        STAGES.put("storer", "storers");
        STAGES.put("giant-storer", "storers");
        STAGES.put("part-", "storers");
        STAGES.put("AwsEventLoop", "storers");
        STAGES.put("committer", "committers");
        STAGES.put("monitor", "monitor");
        STAGES.put("count", "monitor");
        STAGES.put("C1 Compiler", "JIT compiler");
        STAGES.put("C2 Compiler", "JIT compiler");
        STAGES.put("GC Thread", "collector");
        STAGES.put("G1 ", "collector");
    }

    /**
     * What the main thread is called one after the other: Linux knows nothing of its name until it lists rows. The
     * launcher's own thread, which only waits for it, has the first of these names too.
     */
    private static final Set<String> MAIN = Set.of("java", "observer", "main");

    private final Map<String, String> stageOf = new HashMap<>();
    private final Map<String, Double> secondsOf = new HashMap<>();

    /** By thread, and by when it was looked at. */
    private final Map<String, SortedMap<Long, Double>> maybeMain = new HashMap<>();

    /** Looks at the threads of the process whose directory in {@code /proc} this is. */
    void sample(Path process) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path thread : threads) {
                sampleThread(thread);
            }
        } catch (DirectoryIteratorException ended) {
            throw new IOException(ended);
        }
    }

    private void sampleThread(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            double seconds = ProcessMeter.cpuSeconds(stat, ProcessMeter.USER_TIME);
            String id = thread.getFileName().toString();
            if (MAIN.contains(name)) {
                maybeMain.computeIfAbsent(id, t -> new TreeMap<>()).put(System.currentTimeMillis(), seconds);
            } else {
                stageOf.put(id, stage(name));
                secondsOf.put(id, seconds);
            }
        } catch (IOException ended) {
            // it was there when the directory was listed
        }
    }

    static String stage(String thread) {
        return STAGES.entrySet().stream()
                .filter(stage -> thread.startsWith(stage.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(REST);
    }

    /**
     * Seconds by stage.
     *
     * @param firstPutMillis when the first object was in the store, in the terms of {@link System#currentTimeMillis}
     */
    public SortedMap<String, Double> seconds(long firstPutMillis) {
        SortedMap<String, Double> sums = new TreeMap<>();
        secondsOf.forEach((id, seconds) -> sums.merge(stageOf.get(id), seconds, Double::sum));
        maybeMain.values().stream()
                .max(Comparator.comparingDouble(ThreadTimes::last))
                .ifPresent(main -> {
                    double start = last(main.headMap(firstPutMillis + 1));
                    sums.put(START, start);
                    sums.put(OBSERVER, last(main) - start);
                });
        return sums;
    }

    private static double last(SortedMap<Long, Double> seconds) {
        return seconds.isEmpty() ? 0 : seconds.get(seconds.lastKey());
    }
}
