package ch.tocco.lomigrate.finalize;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.books.Counters;
import ch.tocco.lomigrate.command.Outcome;
import ch.tocco.lomigrate.command.Verdict;
import ch.tocco.lomigrate.lifecycle.RunAborted;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.pipeline.Configs;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.PostgresServer;
import ch.tocco.lomigrate.testkit.wire.FaultProxy;
import ch.tocco.lomigrate.testkit.wire.Trigger;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The end of a run with {@code --finalize}, over a network that breaks at every step of it. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
@Tag("slow")
final class FinalizingIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Much less than the minute for which a lock is tried for. */
    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(20);

    private final RunControl control = new RunControl();
    private SourceDatabase database;
    private FaultProxy proxy;

    @BeforeEach
    void open(SourceDatabase fresh) throws SQLException, IOException {
        database = fresh;
        database.execute("INSERT INTO _nice_binary SELECT lpad(to_hex(i), 40, '0'), 1, '', i, lpad(to_hex(i), 64, '0')"
                + " FROM generate_series(1, 1000) i");
        proxy = FaultProxy.to(database.server().host(), database.server().port());
    }

    @AfterEach
    void close() {
        proxy.close();
    }

    private Outcome verdict() throws Exception {
        PostgresServer server = database.server();
        var config = Configs.of(database, server.user(), server.password(), true, true);
        return new Verdict(config, Sessions.connections(database, proxy), Sessions.SQL, control).on(new Counters());
    }

    private CompletableFuture<Outcome> verdictInBackground() {
        return Background.call(this::verdict);
    }

    private void assertFinalized(Outcome outcome) throws SQLException {
        assertThat(outcome).extracting(Outcome::kind).as(outcome.message()).isEqualTo(Outcome.Kind.ALL_MIGRATED);
        assertThat(database.isFinalized()).isTrue();
        assertThat(database.schema()).doesNotContain("CHECK");
    }

    /** Statements that do not arrive, and answers that do not. */
    static Stream<Named<Trigger>> moments() {
        return Stream.of(
                Named.of("build asked", Trigger.onRequest("CREATE UNIQUE INDEX").times(2)),
                Named.of("build done", Trigger.onRequest("CREATE UNIQUE INDEX").onAnswer("CREATE INDEX\0")),
                Named.of("check asked", Trigger.onRequest("ADD CONSTRAINT")),
                Named.of("check done", Trigger.onRequest("ADD CONSTRAINT").onAnswer("ALTER TABLE\0")),
                Named.of("validation asked", Trigger.onRequest("VALIDATE CONSTRAINT")),
                Named.of(
                        "validation done",
                        Trigger.onRequest("VALIDATE CONSTRAINT").onAnswer("ALTER TABLE\0")),
                Named.of("not null asked", Trigger.onRequest("SET NOT NULL")),
                Named.of("not null done", Trigger.onRequest("SET NOT NULL").onAnswer("ALTER TABLE\0")),
                Named.of("commit done", Trigger.onRequest("SET NOT NULL").onAnswer("COMMIT\0")),
                Named.of("end of the check asked", Trigger.onRequest("DROP CONSTRAINT")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("moments")
    void goesOnWithWhatIsLeftWhenTheConnectionBreaks(Trigger trigger) throws Exception {
        proxy.arm(trigger);
        assertFinalized(verdict());
        assertThat(trigger.fired()).isPositive();
    }

    @Test
    void buildWhoseBackendIsTerminatedIsBegunAnew() throws Exception {
        try (Connection writer = database.connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE _nice_binary SET mime_type = 'a/b' WHERE data = 1");
            var finalizing = verdictInBackground();
            String pid = awaitWaitingBuild("0");
            Sessions.terminate(database, pid);
            assertThat(database.schema()).as("the invalid index is left").contains("(sha2) false");
            writer.commit();
            assertFinalized(finalizing.join());
        }
    }

    /** The server does not notice that its client is gone: while it waits for a lock it does not look. */
    @Test
    void buildThatGoesOnWithoutItsConnectionIsEndedBeforeAnotherIsBegun() throws Exception {
        try (Connection writer = database.connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE _nice_binary SET mime_type = 'a/b' WHERE data = 1");
            var finalizing = verdictInBackground();
            String first = awaitWaitingBuild("0");
            proxy.resetAll();
            Await.until(
                    LIMIT,
                    "the first one is gone",
                    () -> database.query("SELECT 1 FROM pg_stat_activity WHERE pid = " + first)
                            .isEmpty());
            writer.commit();
            assertFinalized(finalizing.join());
        }
    }

    @Test
    void stopEndsABuildThatWaitsForProductionAndLeavesTheRestToTheNextOne() throws Exception {
        try (Connection writer = database.connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE _nice_binary SET mime_type = 'a/b' WHERE data = 1");
            var finalizing = verdictInBackground();
            awaitWaitingBuild("0");
            control.stop();
            // the writer is still there, and dropping the index would wait for it too
            Outcome outcome = finalizing.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(outcome).extracting(Outcome::kind).isEqualTo(Outcome.Kind.STOPPED);
            writer.commit();
        }
    }

    @Test
    void abortDuringABuildIsWhatTheRunEndedWith() throws Exception {
        try (Connection writer = database.connect();
                var statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE _nice_binary SET mime_type = 'a/b' WHERE data = 1");
            var finalizing = verdictInBackground();
            awaitWaitingBuild("0");
            control.abort(new RunAborted(RunAborted.Kind.OUTAGE, "the run's lock was lost", null));
            Outcome outcome = finalizing.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(outcome)
                    .extracting(Outcome::kind, Outcome::message)
                    .containsExactly(Outcome.Kind.OUTAGE, "the run's lock was lost");
            writer.commit();
        }
    }

    /** Production that holds the table for long is asked again and again; most of that time no statement is under way. */
    @Test
    void stopBetweenTwoTriesForAMomentsLockEndsFinalizing() throws Exception {
        database.execute(Sessions.SQL.finalizing().createStateIndex());
        try (Connection reader = database.connect();
                var statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT count(*) FROM _nice_binary");
            var finalizing = verdictInBackground();
            Await.until(
                    LIMIT,
                    "a pause between tries",
                    () -> database.query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                                    + " AND application_name = 'lo-migrate finalize'"
                                    + " AND state = 'idle' AND query = 'ROLLBACK'")
                            .isPresent());
            control.stop();
            Outcome outcome = finalizing.get(STOPPED_WITHIN.toSeconds(), TimeUnit.SECONDS);
            assertThat(outcome).extracting(Outcome::kind).isEqualTo(Outcome.Kind.STOPPED);
        }
        assertThat(database.isFinalized()).isFalse();
    }

    /** Waits until a backend other than {@code not} waits for production with the index half built; its pid. */
    private String awaitWaitingBuild(String not) throws Exception {
        String query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE"
                + " UNIQUE%' AND wait_event_type = 'Lock' AND pid <> " + not;
        Await.until(LIMIT, "the build waits", () -> database.query(query).isPresent());
        return database.query(query).orElseThrow();
    }

    @Test
    void connectionThatBreaksEachTimeEndsTheRunWithWhatTheServerSaid() throws Exception {
        Trigger always = Trigger.onRequest("CREATE UNIQUE INDEX").times(1000);
        proxy.arm(always);
        Outcome outcome = verdict();
        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.ABORTED);
        assertThat(outcome.message()).startsWith("at the end of the run: ").doesNotContain("\n");
        assertThat(always.fired()).isEqualTo(FinalizeRun.MAX_BROKEN);
    }

    @Test
    void stopWhileItWaitsForTheServerSaysThatFinalizingIsNotDone() throws Exception {
        proxy.refuse();
        var finalizing = verdictInBackground();
        Await.stays(Duration.ofMillis(500), "the server refuses", () -> !finalizing.isDone());
        control.stop();
        assertThat(finalizing.join())
                .extracting(Outcome::kind, Outcome::message)
                .containsExactly(
                        Outcome.Kind.STOPPED, "stopped while finalizing; run again with --finalize to complete it");
        assertThat(database.isFinalized()).isFalse();
    }
}
