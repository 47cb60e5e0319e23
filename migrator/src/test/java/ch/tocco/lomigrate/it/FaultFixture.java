package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import ch.tocco.lomigrate.testkit.wire.FaultProxy;
import ch.tocco.lomigrate.testkit.wire.FaultProxy.Weather;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A {@link FaultRig} for each case, and servers of a class's own, as the cases stop them. A run must wait each fault out
 * and complete, with every object where it belongs and nothing left behind; where the fault outlasts the timeout, a later
 * run completes the work.
 */
abstract class FaultFixture {
    static EmbeddedPostgres server;
    static EmbeddedS3 store;

    FaultRig rig;

    @BeforeAll
    static void startServers() throws IOException {
        server = EmbeddedPostgres.start(Map.of());
        store = EmbeddedS3.start();
    }

    @AfterAll
    static void stopServers() throws IOException {
        store.close();
        server.close();
    }

    @BeforeEach
    void fill(@TempDir Path temp) throws Exception {
        rig = new FaultRig(server, store, temp).fill(250, 3);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    /** Starts a run, makes this happen in its middle, and expects that the run completes. */
    final void sitOut(Act outage) throws Exception {
        rig.startSlowly("--request-timeout", "2");
        rig.awaitCommits();
        outage.on(rig);
        rig.endsWith(0);
    }

    /** This side takes what is sent and answers nothing, until the run has noticed. */
    static void silent(FaultRig rig, FaultProxy side, String noticed) throws Exception {
        side.weather(Weather.BLACK_HOLE);
        rig.awaitLog(noticed);
        side.weather(Weather.FAIR);
    }

    /** A run that this side leaves in the middle, and a later one that finds it again. */
    final void outlastsTheTimeout(FaultProxy away) throws Exception {
        rig.startSlowly("--outage-timeout", "0", "--stop-grace", "1");
        rig.awaitCommits();
        away.refuse();
        rig.endsWith(5);
        assertThat(rig.log()).contains("final stats").contains("was away for more than 0 min");
        rig.assertNothingLost();

        away.accept();
        rig.run(0);
        // what could not be aborted while the store was away
        rig.assertCompleteButUploads();
    }

    /** What happens in the middle of a run. */
    interface Act {
        void on(FaultRig rig) throws Exception;
    }
}
