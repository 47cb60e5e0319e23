package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * One large run with a heap of 256 MiB, looked at from outside all the time: memory, threads, open files and
 * connections have to stay flat. Only for {@code scripts/soak}.
 */
@EnabledIfSystemProperty(named = SoakIT.OBJECTS_PROPERTY, matches = "[0-9]+")
@Tag("slow")
final class SoakIT {
    static final String OBJECTS_PROPERTY = "lo.migrate.soak.objects";

    private static final int SIZE = 4000;
    private static final int MIN_SAMPLES = 8;

    private final int objects = Integer.getInteger(OBJECTS_PROPERTY, 0);
    private final int giants = Integer.getInteger("lo.migrate.soak.giants", 0);
    private final long giantBytes = Long.getLong("lo.migrate.soak.giant-mib", 256) << 20;

    /** Where the figures go; empty: nowhere. */
    private final Path figures = Path.of(System.getProperty("lo.migrate.soak.figures", ""));

    @Test
    void memoryThreadsFilesAndConnectionsStayFlat(@TempDir Path temp) throws Exception {
        try (var server = EmbeddedPostgres.start(Map.of());
                var store = EmbeddedS3.start(Files.createDirectory(temp.resolve("store")))) {
            var database = SourceDatabase.create(server);
            database.fill(objects, 1, seed -> SIZE, "image/png");
            for (int i = 0; i < giants; i++) {
                database.insertGenerated(3_000_000_000L + i, giantBytes + i, "video/mp4");
            }
            Path spill = Files.createDirectory(temp.resolve("spill"));
            var process = Cli.migrating(database, store, store.createBucket())
                    .environment("LO_MIGRATE_JAVA_OPTS", "-Xmx256m")
                    .arguments(List.of("--spill-dir", spill.toString()))
                    .start(
                            temp.resolve("stdout").toFile(),
                            temp.resolve("stderr").toFile());
            long begun = System.nanoTime();
            List<Sample> samples;
            try {
                samples = sample(process, database, begun);
            } finally {
                process.destroyForcibly();
            }

            double seconds = (System.nanoTime() - begun) / 1e9;
            String log = Files.readString(temp.resolve("stdout")) + Files.readString(temp.resolve("stderr"));
            System.out.println(log.substring(Math.max(0, log.lastIndexOf("final stats") - 200)));
            assertThat(process.exitValue()).as(log).isZero();
            assertThat(spill).isEmptyDirectory();
            if (!figures.toString().isEmpty()) {
                Files.writeString(figures, json(samples, seconds));
            }
            report(samples);
        }
    }

    /** For the page that is made of it; see {@code scripts/bench --render}. */
    private String json(List<Sample> samples, double seconds) {
        String description = giants == 0
                ? "%,d objects of %,d bytes".formatted(objects, SIZE)
                : "%,d objects of %,d bytes and %d of %,d MiB".formatted(objects, SIZE, giants, giantBytes >> 20);
        return """
                {"description": "%s", "objects": %d, "seconds": %d, "samples": [
                %s]}
                """.formatted(
                        description,
                        objects + giants,
                        Math.round(seconds),
                        samples.stream().map(Sample::json).collect(Collectors.joining(",\n")));
    }

    /** What the process takes at one moment. */
    private record Sample(long seconds, long rssKib, long threads, long files, long connections) {
        String json() {
            return "{\"seconds\": %d, \"rssMib\": %d, \"threads\": %d, \"files\": %d, \"connections\": %d}"
                    .formatted(seconds, rssKib >> 10, threads, files, connections);
        }

        @Override
        public String toString() {
            return "%6d s: RSS %4d MiB, %3d threads, %3d files, %2d connections to PostgreSQL"
                    .formatted(seconds, rssKib >> 10, threads, files, connections);
        }
    }

    private static List<Sample> sample(Process process, SourceDatabase database, long begun)
            throws InterruptedException, IOException, SQLException {
        var samples = new ArrayList<Sample>();
        long pause = 500;
        while (!process.waitFor(pause, TimeUnit.MILLISECONDS)) {
            long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
            try {
                samples.add(look(process.pid(), seconds, database));
                System.out.println(samples.get(samples.size() - 1));
            } catch (IOException ended) {
                // It has ended in between.
            }
            // often enough for a short run, seldom enough for a long one
            pause = Math.min(10_000, pause + 100);
        }
        return samples;
    }

    private static Sample look(long pid, long seconds, SourceDatabase database) throws IOException, SQLException {
        Path process = Path.of("/proc/" + pid);
        List<String> status = Files.readAllLines(process.resolve("status"));
        long files;
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            files = open.count();
        }
        String sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'lo-migrate %'";
        return new Sample(
                seconds,
                number(status, "VmRSS"),
                number(status, "Threads"),
                files,
                Long.parseLong(database.query(sessions).orElseThrow()));
    }

    private static long number(List<String> status, String name) throws IOException {
        return status.stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new IOException("the process has ended"));
    }

    /** Compares the second quarter of the run, when all is warm, with the last one. */
    private static void report(List<Sample> samples) {
        assertThat(samples).as("too short a run to tell anything").hasSizeGreaterThan(MIN_SAMPLES);
        var early = samples.subList(samples.size() / 4, samples.size() / 2);
        var late = samples.subList(samples.size() * 3 / 4, samples.size());
        assertFlat("RSS in KiB", early, late, Sample::rssKib, 64 << 10);
        assertFlat("threads", early, late, Sample::threads, 8);
        assertFlat("open files", early, late, Sample::files, 16);
        assertFlat("connections", early, late, Sample::connections, 1);
    }

    private static void assertFlat(
            String what, List<Sample> early, List<Sample> late, ToLongFunction<Sample> value, long most) {
        long before = most(early, value);
        long after = most(late, value);
        System.out.printf("%s: at most %d in the second quarter, %d in the last%n", what, before, after);
        assertThat(after).as(what).isLessThanOrEqualTo(before + most);
    }

    private static long most(List<Sample> samples, ToLongFunction<Sample> value) {
        return samples.stream().mapToLong(value).max().orElseThrow();
    }
}
