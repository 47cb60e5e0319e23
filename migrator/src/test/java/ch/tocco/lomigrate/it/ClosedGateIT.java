package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.PostgresServer;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What happens while the gate is closed loses nothing: a stop, a kill, an outage, and a pause that outlasts all connections. */
@ExtendWith(Backends.class)
@Tag("slow")
@Timeout(900)
final class ClosedGateIT {
    /** Set to 600 for a pause of ten minutes; connections are dropped after a tenth of it. */
    private static final Duration CLOSED = Duration.ofSeconds(Integer.getInteger("lo.migrate.test.closed", 6));

    @TempDir
    private Path temp;

    private FaultRig rig;
    private Path pause;

    @BeforeEach
    void open(PostgresServer server, S3Server store) throws Exception {
        rig = new FaultRig(server, store, temp).fill(150, 2);
        pause = temp.resolve("pause");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    /** Starts a run and pauses it in the middle. */
    private void pauseInTheMiddle() throws Exception {
        rig.startSlowly("--max-rate", "30", "--pause-file", pause.toString());
        rig.awaitCommits();
        Files.createFile(pause);
        rig.awaitLog("paused: the file " + pause + " exists");
    }

    private void awaitNothingUnderWay() throws Exception {
        int[] last = {-1};
        Await.until(FaultRig.LIMIT, "no more commits", () -> {
            Thread.sleep(1500);
            int before = last[0];
            last[0] = rig.committed();
            return before == last[0];
        });
    }

    @Test
    void pauseThatOutlastsAllConnectionsIsNoOutageAndFailsNothing() throws Exception {
        pauseInTheMiddle();
        awaitNothingUnderWay(); // the proxies take a connection for idle whose answer is only slow
        rig.postgres.dropIdle(CLOSED.dividedBy(10));
        rig.s3.dropIdle(CLOSED.dividedBy(10));
        Thread.sleep(CLOSED.toMillis());
        assertThat(rig.postgres.dropped()).as("connections to PostgreSQL").isPositive();
        // after a long pause none may be left to drop: the client closes what was idle for long
        assertThat(rig.s3.dropped() > 0 || rig.s3.open() == 0)
                .as("connections to the store are gone")
                .isTrue();
        rig.postgres.keepIdle();
        rig.s3.keepIdle();
        Files.delete(pause);
        rig.endsWith(0);
        assertThat(rig.log()).doesNotContain("is away").contains("FAILED OBJECTS: 0");
        rig.assertComplete();
    }

    @Test
    void stopWhileClosedCommitsWhatIsStored() throws Exception {
        rig.inProcesses();
        pauseInTheMiddle();
        awaitNothingUnderWay();
        rig.process().destroy(); // SIGTERM
        rig.endsWith(143);
        assertThat(rig.log()).contains("stopped; the next run continues with what is pending");
        rig.assertNothingLost();
        Files.delete(pause);
        rig.inThisJvm().run(0);
        rig.assertComplete();
    }

    @Test
    void killWhileClosedLosesNothing() throws Exception {
        rig.inProcesses();
        pauseInTheMiddle();
        rig.process().destroyForcibly().waitFor();
        Files.delete(pause);
        rig.inThisJvm().run(0);
        rig.assertCompleteButUploads();
    }

    @Test
    void outageWhileClosedIsMetWhenTheGateOpensAndWaitedOut() throws Exception {
        pauseInTheMiddle();
        awaitNothingUnderWay();
        rig.postgres.refuse();
        rig.s3.refuse();
        Files.delete(pause);
        rig.awaitLog("is away, waiting up to");
        rig.postgres.accept();
        rig.s3.accept();
        rig.endsWith(0);
        assertThat(rig.log()).contains("FAILED OBJECTS: 0");
        rig.assertComplete();
    }
}
