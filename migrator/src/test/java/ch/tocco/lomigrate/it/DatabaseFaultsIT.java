package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.servers.EmbeddedPostgres.StopMode;
import ch.tocco.lomigrate.testkit.wire.FaultProxy;
import ch.tocco.lomigrate.testkit.wire.Trigger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs while the database or the network to it fails in every way that is known from the field. */
@Tag("slow")
final class DatabaseFaultsIT extends FaultFixture {
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
                Named.of("commit asked", Trigger.onRequest("UPDATE \\S+ t SET ").times(2)),
                Named.of(
                        "commit done but answer lost",
                        Trigger.onRequest("UPDATE \\S+ t SET ")
                                .onAnswer("UPDATE \\d+\0")
                                .skip(2)
                                .times(3)),
                Named.of(
                        "last question",
                        Trigger.onRequest("SELECT pg_catalog.count\\(\\*\\) FROM \\S+ t WHERE")
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

    @Test
    void outageBeyondTheTimeoutEndsTheRunAndLosesNothing() throws Exception {
        outlastsTheTimeout(rig.postgres);
    }
}
