package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres;
import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres.StopMode;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import ch.tocco.lomigrate.testkit.wire.FaultProxy;
import ch.tocco.lomigrate.testkit.wire.FaultProxy.Weather;
import ch.tocco.lomigrate.testkit.wire.Trigger;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the packaged tool while the servers or the network between fail in every way that is known from the field. Each
 * run must wait the fault out and complete, with every object where it belongs and nothing left behind; where the fault
 * outlasts the timeout, a later run completes the work.
 */
final class FaultsIT {
    private static final String SLOW_DOWN_BODY =
            "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>";
    private static final String SLOW_DOWN =
            "HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: " + SLOW_DOWN_BODY.length()
                    + "\r\nConnection: close\r\n\r\n" + SLOW_DOWN_BODY;

    private static EmbeddedPostgres server;
    private static EmbeddedS3 store;

    private FaultRig rig;

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
        rig = new FaultRig(server, store, temp).fill(500, 3);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    /** Moments at which a connection to the database breaks, and how often it does. */
    static Stream<Named<Trigger>> databaseMoments() {
        return Stream.of(
                Named.of(
                        "listing",
                        Trigger.onRequest("ctid ").afterAnswerBytes(2000).times(3)),
                Named.of(
                        "reading a batch",
                        Trigger.onRequest("lo_get\\(\\(SELECT m")
                                .afterAnswerBytes(100_000)
                                .times(3)),
                Named.of(
                        "reading a stream",
                        Trigger.onRequest("COPY \\(SELECT pg_catalog.lo_get")
                                .afterAnswerBytes(1_200_000)
                                .times(3)),
                Named.of(
                        "end of the answers",
                        Trigger.onRequest("COPY \\(SELECT pg_catalog.lo_get")
                                .afterAnswerBytes(700_000)
                                .times(2)
                                .halfClose()),
                Named.of("commit asked", Trigger.onRequest("UPDATE \\S+ b SET ").times(2)),
                Named.of(
                        "commit done but answer lost",
                        Trigger.onRequest("UPDATE \\S+ b SET ")
                                .onAnswer("UPDATE \\d+\0")
                                .skip(2)
                                .times(3)),
                Named.of(
                        "last question",
                        Trigger.onRequest("SELECT pg_catalog.count\\(\\*\\) FROM \\S+ WHERE")
                                .times(2)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databaseMoments")
    void goesOnAfterBrokenConnectionToTheDatabase(Trigger trigger) throws Exception {
        rig.postgres.arm(trigger);
        rig.run(0);
        assertThat(trigger.fired()).as(rig.log()).isPositive();
        rig.assertComplete();
    }

    /** Moments at which a connection to the store breaks, and how often it does. */
    static Stream<Named<Trigger>> storeMoments() {
        return Stream.of(
                Named.of(
                        "in mid put",
                        Trigger.onRequest("PUT /\\S+ HTTP")
                                .afterRequestBytes(300_000)
                                .times(4)),
                Named.of(
                        "in mid part",
                        Trigger.onRequest("PUT /\\S+partNumber=2\\S+ HTTP")
                                .afterRequestBytes(1_000_000)
                                .times(2)),
                Named.of(
                        "put done but answer lost",
                        Trigger.onRequest("PUT /\\S+ HTTP")
                                .onAnswer("HTTP/1.1 200")
                                .skip(20)
                                .times(10)),
                Named.of(
                        "upload to complete",
                        Trigger.onRequest("POST /\\S+\\?uploadId=").times(2)),
                Named.of(
                        "upload completed but answer lost",
                        Trigger.onRequest("POST /\\S+\\?uploadId=").onAnswer("HTTP/1.1 200")),
                Named.of("length asked", Trigger.onRequest("HEAD /\\S+").skip(0).times(2)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("storeMoments")
    void goesOnAfterBrokenConnectionToTheStore(Trigger trigger) throws Exception {
        rig.s3.arm(trigger);
        rig.run(0);
        assertThat(trigger.fired()).as(rig.log()).isPositive();
        rig.assertComplete();
    }

    /** Nobody knows its id, so it waits for a start that finds it old enough. */
    @Test
    void uploadThatWasBegunThoughTheAnswerWasLostIsLeftToALaterStart() throws Exception {
        Trigger trigger = Trigger.onRequest("POST /\\S+\\?uploads").onAnswer("HTTP/1.1 200");
        rig.s3.arm(trigger);
        rig.run(0);
        assertThat(trigger.fired()).as(rig.log()).isPositive();
        rig.assertCompleteButUploads();
    }

    /** The database goes away for a while and comes back. */
    static Stream<Named<Act>> databaseOutages() {
        return Stream.of(
                Named.<Act>of("restarted", rig -> {
                    server.restart();
                }),
                Named.<Act>of("crashed", rig -> {
                    server.stopServer(StopMode.IMMEDIATE);
                    Thread.sleep(1000);
                    server.startServer();
                }),
                Named.<Act>of("all backends terminated", rig -> {
                    for (int i = 0; i < 3; i++) {
                        rig.database.execute(
                                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE"
                                        + " 'lo-migrate %'");
                        Thread.sleep(200);
                    }
                }),
                Named.<Act>of("silent", rig -> silent(rig, rig.postgres, "PostgreSQL is away")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("databaseOutages")
    void waitsUntilTheDatabaseIsBack(Act outage) throws Exception {
        sitOut(outage);
        rig.assertComplete();
    }

    /** As with a primary that is shut down, and a second host that is the primary from then on. */
    @Test
    void goesOnAtTheSecondHostWhenTheFirstIsShutDown() throws Exception {
        try (FaultProxy second = FaultProxy.to(server.host(), server.port())) {
            rig.startSlowly("--pg-url", rig.urlOfBoth(second));
            rig.awaitCommits();
            assertThat(second.open()).isZero();
            rig.postgres.refuse();
            rig.endsWith(0);
        }
        rig.assertComplete();
    }

    /** As with a standby that is taken for the primary for a while: it answers questions and takes no hash. */
    @Test
    void waitsUntilAServerThatIsReadOnlyTakesHashesAgain() throws Exception {
        rig.startSlowly();
        rig.awaitCommits();
        rig.database.execute("ALTER DATABASE " + rig.database.name() + " SET default_transaction_read_only = on");
        rig.postgres.resetAll();
        rig.awaitLog("in a read-only transaction (SQLSTATE 25006)");
        rig.database.execute("BEGIN READ WRITE; ALTER DATABASE " + rig.database.name()
                + " SET default_transaction_read_only = off; COMMIT");
        rig.postgres.resetAll();
        rig.endsWith(0);
        rig.assertComplete();
    }

    /** The store goes away for a while and comes back. */
    static Stream<Named<Act>> storeOutages() {
        return Stream.of(
                Named.<Act>of("refuses connections", rig -> {
                    rig.s3.refuse();
                    rig.awaitLog("the store is away");
                    Thread.sleep(1000);
                    rig.s3.accept();
                }),
                Named.<Act>of("slow down", rig -> {
                    rig.s3.weather(Weather.answering(FaultsIT.SLOW_DOWN));
                    rig.s3.resetAll();
                    rig.awaitLog("503 SlowDown");
                    Thread.sleep(1000);
                    rig.s3.weather(Weather.FAIR);
                }),
                Named.<Act>of("silent", rig -> silent(rig, rig.s3, "the store is away")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("storeOutages")
    void waitsUntilTheStoreIsBack(Act outage) throws Exception {
        sitOut(outage);
        assertThat(rig.log()).contains("the store is back");
        rig.assertComplete();
    }

    /** Takes what is sent, answers nothing, until the run has noticed. */
    private static void silent(FaultRig rig, FaultProxy side, String noticed) throws Exception {
        side.weather(Weather.BLACK_HOLE);
        rig.awaitLog(noticed);
        side.weather(Weather.FAIR);
    }

    /** A run in the middle of which this happens; it completes. */
    private void sitOut(Act outage) throws Exception {
        rig.startSlowly("--request-timeout", "2");
        rig.awaitCommits();
        outage.on(rig);
        rig.endsWith(0);
    }

    @Test
    void slowNetworkIsNoOutage() throws Exception {
        rig.postgres.weather(Weather.latency(Duration.ofMillis(20)));
        rig.s3.weather(Weather.drip(32_000, Duration.ofMillis(2)));
        // ten seconds without a byte are no network; fewer may be a machine that is busy
        rig.run(0, "--request-timeout", "10", "--outage-timeout", "0");
        assertThat(rig.log()).doesNotContain("is away");
        rig.assertComplete();
    }

    /** Either side. */
    static Stream<Named<Function<FaultRig, FaultProxy>>> sides() {
        return Stream.of(
                Named.<Function<FaultRig, FaultProxy>>of("postgresql", rig -> rig.postgres),
                Named.<Function<FaultRig, FaultProxy>>of("store", rig -> rig.s3));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sides")
    void outageBeyondTheTimeoutEndsTheRunAndLosesNothing(Function<FaultRig, FaultProxy> away) throws Exception {
        rig.startSlowly("--outage-timeout", "0", "--stop-grace", "1");
        rig.awaitCommits();
        FaultProxy proxy = away.apply(rig);
        proxy.refuse();
        rig.endsWith(5);
        assertThat(rig.log()).contains("final stats").contains("was away for more than 0 min");
        rig.assertNothingLost();

        proxy.accept();
        rig.run(0);
        // what could not be aborted while the store was away
        rig.assertCompleteButUploads();
    }

    /** What happens in the middle of a run. */
    private interface Act {
        void on(FaultRig rig) throws Exception;
    }
}
