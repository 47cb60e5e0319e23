package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.checks.BucketInspector;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres.StopMode;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import ch.tocco.lomigrate.testkit.wire.FaultProxy.Weather;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the packaged tool again and again at random moments of one migration, crashes the database and breaks the
 * store's connections in between, while an {@link Auditor} watches both sides. The run after that completes the work.
 * More kills by {@value #KILLS_PROPERTY}; the same moments again, as far as the machine lets them be the same, by {@value
 * #SEED_PROPERTY}.
 */
@Tag("slow")
final class KillLoopIT {
    static final String KILLS_PROPERTY = "lo.migrate.kills";
    static final String SEED_PROPERTY = "lo.migrate.seed";

    private static final int OBJECTS_PER_KILL = 200;

    /** A run is killed up to this long after it has begun to commit, or after its start. */
    private static final int MOST_MILLIS = 1500;

    private final int kills = Integer.getInteger(KILLS_PROPERTY, 5);
    private final long seed = Long.getLong(SEED_PROPERTY, System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void nothingIsLostWheneverTheToolIsKilled(@TempDir Path temp) throws Exception {
        System.out.println("kill loop: " + kills + " kills, -D" + SEED_PROPERTY + "=" + seed);
        try (var server = EmbeddedPostgres.start(Map.of());
                var store = EmbeddedS3.start();
                var rig =
                        new FaultRig(server, store, temp).inProcesses().fill(OBJECTS_PER_KILL * Math.max(kills, 5), 4);
                var inspector = store.inspect(rig.bucket);
                var auditor = Auditor.start(rig.database, inspector)) {
            rig.s3.weather(Weather.latency(Duration.ofMillis(10)));
            for (int killed = 0, begun = 0; killed < kills; begun++) {
                assertThat(begun).as("runs that were to be killed").isLessThan(4 * kills);
                killed += killOne(rig, server) ? 1 : 0;
                assertThat(auditor.problems()).as("seed " + seed).isEmpty();
            }
            rig.s3.weather(Weather.FAIR);
            List<String> openUploads = inspector.openUploads();

            rig.run(0, "--stale-uploads", "24");

            assertThat(auditor.stop()).as("seed " + seed).isEmpty();
            System.out.println(
                    "kill loop: " + auditor.audited() + " objects audited, uploads left open: " + openUploads.size());
            assertThat(auditor.audited()).isPositive();
            rig.assertCompleteAfterKills();
            assertThat(inspector.openUploads())
                    .as("too young to be stale")
                    .containsExactlyInAnyOrderElementsOf(openUploads);
        }
    }

    /** True if the run was killed; false if it had come to its end before. */
    private boolean killOne(FaultRig rig, EmbeddedPostgres server) throws Exception {
        // Each run is to be at work on spill files and parts as well.
        rig.database.execute("UPDATE _nice_binary SET sha2 = NULL WHERE size > 1048576");
        rig.startSlowly("--request-timeout", "5");
        Process process = rig.process();
        if (random.nextInt(4) > 0) {
            int before = rig.committed();
            Await.until(FaultRig.LIMIT, "commits", () -> rig.committed() > before || !process.isAlive());
        }
        boolean ended = process.waitFor(random.nextInt(MOST_MILLIS), TimeUnit.MILLISECONDS);
        if (!ended && random.nextInt(3) == 0) {
            server.stopServer(StopMode.IMMEDIATE);
            server.startServer();
            ended = process.waitFor(random.nextInt(MOST_MILLIS), TimeUnit.MILLISECONDS);
        }
        if (!ended && random.nextInt(2) == 0) {
            rig.s3.resetAll();
            ended = process.waitFor(random.nextInt(MOST_MILLIS / 3), TimeUnit.MILLISECONDS);
        }
        process.destroyForcibly();
        process.waitFor();
        // The database takes a moment to notice; until then the run's lock is held.
        Await.until(FaultRig.LIMIT, "no session of the killed run", () -> sessions(rig) == 0);
        // 3: the database was restarted in the middle of the preflight
        assertThat(process.exitValue()).as(rig.log()).isIn(137, 0, 3);
        return process.exitValue() == 137;
    }

    private static int sessions(FaultRig rig) throws Exception {
        return Integer.parseInt(rig.database
                .query("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'lo-migrate %'")
                .orElseThrow());
    }

    /** Looks at every row as soon as it has a hash: its object must be there, complete. */
    private static final class Auditor implements AutoCloseable {
        private static final long PAUSE_MILLIS = 30;

        private final SourceDatabase database;
        private final BucketInspector bucket;
        private final Set<String> seen = new HashSet<>();
        private final List<String> problems = new CopyOnWriteArrayList<>();
        private final Thread thread = new Thread(this::watch, "auditor");
        private volatile boolean stopped;

        private Auditor(SourceDatabase database, BucketInspector bucket) {
            this.database = database;
            this.bucket = bucket;
        }

        static Auditor start(SourceDatabase database, BucketInspector bucket) {
            Auditor auditor = new Auditor(database, bucket);
            auditor.thread.setDaemon(true);
            auditor.thread.start();
            return auditor;
        }

        private void watch() {
            boolean last = false;
            while (!last) {
                last = stopped;
                try {
                    look();
                    Thread.sleep(PAUSE_MILLIS); // without a pause it takes a whole processor
                } catch (SQLException e) {
                    // Before the last look the database may be down.
                    if (last) {
                        problems.add(e.toString());
                    }
                } catch (RuntimeException | InterruptedException e) {
                    problems.add(e.toString());
                }
            }
        }

        private void look() throws SQLException {
            for (var row : database.rows()) {
                if (row.sha2() == null || !seen.add(row.sha2())) {
                    continue;
                }
                try {
                    var stored = bucket.read(row.sha2());
                    boolean right = stored.sha256().equals(row.sha2())
                            && stored.sha1().equals(row.hash())
                            && stored.size() == row.size();
                    if (!right) {
                        problems.add("hash set, but stored is " + stored + ": " + row);
                    }
                } catch (RuntimeException e) {
                    problems.add("hash set, but " + e.getMessage() + ": " + row);
                }
            }
        }

        List<String> problems() {
            return problems;
        }

        /** Looks once more, and says what was wrong at any time. */
        List<String> stop() throws InterruptedException {
            stopped = true;
            thread.join();
            return problems;
        }

        int audited() {
            return seen.size();
        }

        @Override
        public void close() {
            stopped = true;
        }
    }
}
