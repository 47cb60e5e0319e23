package ch.tocco.lomigrate.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.command.Discovery;
import ch.tocco.lomigrate.command.Outcome;
import ch.tocco.lomigrate.config.DiscoverConfig;
import ch.tocco.lomigrate.config.PostgresConfig;
import ch.tocco.lomigrate.discover.Discoverer.Limits;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.references.ReadOnlySession;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a search does where it may not, cannot or need not read everything. */
@ExtendWith(Backends.class)
@Timeout(120)
final class DiscovererIT {
    private static final String PUT =
            "SELECT i, lo_from_bytea((700000 + i)::oid, convert_to(repeat('x', i % 10), 'UTF8'))";

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration FOREVER = Duration.ofMinutes(10);

    private SourceDatabase database;

    @BeforeEach
    void open(SourceDatabase fresh) throws SQLException {
        database = fresh;
        database.execute("DROP TABLE _nice_binary, nice_batch_job");
    }

    private DiscoverConfig config(String user, String password) {
        return new DiscoverConfig(
                Sessions.config(database, user, password),
                false,
                Optional.empty(),
                false,
                1_000,
                Duration.ofSeconds(20),
                Duration.ofSeconds(1));
    }

    private DiscoverConfig config() {
        return config(database.server().user(), database.server().password());
    }

    private String discover(DiscoverConfig config) throws InterruptedException {
        var said = new ByteArrayOutputStream();
        Outcome outcome = new Discovery(config, new PrintStream(said, true, StandardCharsets.UTF_8)).run();
        String text = said.toString(StandardCharsets.UTF_8);
        assertThat(outcome.kind()).as(outcome.message() + text).isEqualTo(Outcome.Kind.ALL_MIGRATED);
        return text;
    }

    private String discover(Limits limits) throws Exception {
        try (var session = ReadOnlySession.open(Sessions.connections(database), config(), new RunControl())) {
            return new Discoverer(session, config(), limits).text();
        }
    }

    @Test
    void emptyDatabaseHasNothing() throws Exception {
        assertThat(discover(config()))
                .contains("Large objects: 0, 0 bytes", "Orphans (named by no column): 0, 0 bytes");
    }

    @Test
    void sessionRefusesToChangeAnything() throws Exception {
        try (var session = ReadOnlySession.open(Sessions.connections(database), config(), new RunControl())) {
            assertThatThrownBy(() -> session.list("CREATE TABLE t (id int)", row -> 1))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("read-only transaction");
            assertThatThrownBy(() -> session.inOneSnapshot(() -> session.list("SELECT lo_create(0)", row -> 1)))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("read-only transaction");
        }
    }

    @Test
    void plainRoleLearnsWhatItMayNotRead() throws Exception {
        String role = Sessions.createRole(database);
        database.execute("CREATE TABLE mine (id int PRIMARY KEY, data oid); INSERT INTO mine " + PUT
                + " FROM generate_series(1, 4) i; CREATE TABLE hidden (id int PRIMARY KEY, data oid, note text, n int);"
                + " INSERT INTO hidden " + PUT + " FROM generate_series(5, 6) i; GRANT SELECT ON mine TO " + role
                + "; CREATE TABLE partly (id int PRIMARY KEY, data oid, secret oid); GRANT SELECT (id, data) ON partly TO "
                + role + "; CREATE SCHEMA closed; CREATE TABLE closed.t (data oid); GRANT SELECT ON closed.t TO " + role
                + "; CREATE TABLE policed (data oid); GRANT SELECT ON policed TO " + role
                + "; ALTER TABLE policed ENABLE ROW LEVEL SECURITY; GRANT SELECT ON LARGE OBJECT 700001, 700002 TO "
                + role
                + "; GRANT SELECT ON LARGE OBJECT 700003 TO PUBLIC; ALTER LARGE OBJECT 700004 OWNER TO " + role);

        String report = discover(config(role, role));

        assertThat(report)
                .contains("Large objects: 6, 10 bytes without those of 2 that this role may not read")
                .contains("4 rows, 4 references to 4 objects, 10 bytes" + System.lineSeparator())
                .contains("closed.t.data  oid: this role has no USAGE on its schema")
                .contains("public.hidden.data  oid: this role may not read it")
                .contains("public.partly.secret  oid: this role may not read it")
                .contains("public.policed.data  oid: row-level security may hide rows from this role")
                .containsSubsequence(
                        "Tables whose text and numbers were not looked at:", "  public.hidden: this role may not")
                .contains("Orphans (named by no column): 2, 0 bytes without those of 2 that this role may not read")
                .contains("there may be fewer: some columns were not read");
    }

    @Test
    void lockedTableIsToldAndKeepsNothingElseFromBeingSearched() throws Exception {
        database.execute("CREATE TABLE locked (id int PRIMARY KEY, data oid); INSERT INTO locked " + PUT
                + " FROM generate_series(1, 2) i; CREATE TABLE open (id int PRIMARY KEY, data oid); INSERT INTO open "
                + PUT
                + " FROM generate_series(3, 5) i");
        try (var other = database.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE locked IN ACCESS EXCLUSIVE MODE");

            String report = discover(config());

            assertThat(report)
                    .contains(
                            "public.locked.data  oid: ERROR: canceling statement due to lock timeout (SQLSTATE 55P03)")
                    .contains("3 rows, 3 references to 3 objects")
                    .contains("Orphans (named by no column): 2,")
                    .contains("there may be fewer");
        }
    }

    @Test
    void temporaryTableOfAnotherSessionIsToldAsNotRead() throws Exception {
        try (var other = database.connect();
                var statement = other.createStatement()) {
            statement.execute("CREATE TEMP TABLE passing (data oid)");

            assertThat(discover(config())).contains(".passing.data  oid: a temporary table of another session");
        }
    }

    @Test
    void columnWithTheLengthsOfObjectsIsNoSuspect() throws Exception {
        // each length is an oid of an object too
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, data oid, n bigint, other bigint); INSERT INTO t"
                        + " SELECT i, lo_from_bytea(i::oid, convert_to(repeat('x', i), 'UTF8')), i, i + 1 FROM generate_series(1, 50) i");

        assertThat(discover(config()))
                .contains("lengths in n")
                .doesNotContain("public.t.n  ")
                .contains("public.t.other  bigint");
    }

    @Test
    void unrelatedIdsThatCoverTheOidsAreNotTakenForReferences() throws Exception {
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, data oid); INSERT INTO t " + PUT
                        + " FROM generate_series(1, 500) i; CREATE TABLE log (id serial PRIMARY KEY, entry bigint);"
                        + " INSERT INTO log (entry) SELECT 700000 + i FROM generate_series(-20, 480) i; DELETE FROM t WHERE id > 490");

        assertThat(discover(config()))
                .containsSubsequence(
                        "perhaps by chance",
                        "public.log.entry",
                        "possible: 480 of 501 numbers are large objects (95 %)")
                .contains("Orphans (named by no column): 10,");
    }

    @Test
    void largeTablesAreEstimatedFromASampleAndSaidToBe() throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY, data oid, filler char(500)); INSERT INTO t " + PUT
                + ", 'f' FROM generate_series(1, 25000) i; DELETE FROM t WHERE id > 20000");

        String report = discover(new Limits(1_000, 1_000));

        assertThat(report)
                .containsPattern("about \\d{5} rows, about \\d{5} references to about \\d{5} objects, about \\d+ bytes")
                .containsPattern("Large objects: 25000, about 1[01]\\d{4} bytes \\(from 12500 objects\\)")
                .containsPattern("Orphans \\(named by no column\\): about \\d+,")
                .contains("--exact counts them");
        assertThat(Integer.parseInt(report.replaceAll("(?s).*about (\\d+) rows.*", "$1")))
                .isBetween(10_000, 30_000);
        assertThat(discover(Limits.NONE))
                .contains("20000 rows, 20000 references to 20000 objects")
                .contains("Orphans (named by no column): 5000, 22500 bytes");
    }

    @Test
    void brokenDatabaseIsRefusedInOneLine() throws Exception {
        var nowhere = new DiscoverConfig(
                new PostgresConfig(
                        "jdbc:postgresql://127.0.0.1:1/x", Map.of("user", "joe"), "postgresql://joe@127.0.0.1:1/x"),
                false,
                Optional.empty(),
                false,
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));

        Outcome outcome = new Discovery(nowhere, System.out).run();

        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.REFUSED);
        assertThat(outcome.message())
                .startsWith("database postgresql://joe@127.0.0.1:1/x: Connection to 127.0.0.1:1 refused.");
        assertThat(outcome.message().lines()).hasSize(1);
    }

    @Test
    void stopEndsAStatementUnderWay() throws Exception {
        database.execute("CREATE TABLE t (id int PRIMARY KEY, data oid)");
        var discovery = new Discovery(patient(), System.out);

        Outcome outcome = whileWaitingForLockOn("t", discovery, (running, other) -> {
            discovery.stop();
            return running.get();
        });

        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.STOPPED);
    }

    /** The objects are listed when it waits for a table that comes before, and the rows are read afterwards. */
    @Test
    void whatAnApplicationDoesDuringTheSearchMakesNeitherDanglingReferencesNorOrphans() throws Exception {
        database.execute("CREATE TABLE before_t (data oid); CREATE TABLE t (id int PRIMARY KEY, data oid);"
                + " INSERT INTO t VALUES (1, lo_from_bytea(700001, ''))");
        var said = new ByteArrayOutputStream();
        var discovery = new Discovery(patient(), new PrintStream(said, true, StandardCharsets.UTF_8));

        whileWaitingForLockOn("before_t", discovery, (running, other) -> {
            database.execute("INSERT INTO t VALUES (2, lo_from_bytea(700002, '')); SELECT lo_from_bytea(700003, '');"
                    + " SELECT lo_unlink(700001); DELETE FROM t WHERE id = 1");
            other.rollback();
            return running.get();
        });

        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("Large objects: 1,")
                .contains("1 row, 1 reference to 0 objects")
                .doesNotContain("dangling")
                .contains("Orphans (named by no column): 0,");
    }

    private DiscoverConfig patient() {
        return new DiscoverConfig(config().postgres(), false, Optional.empty(), false, 100, FOREVER, FOREVER);
    }

    private interface Act {
        Outcome act(Future<Outcome> running, Connection other) throws Exception;
    }

    private Outcome whileWaitingForLockOn(String table, Discovery discovery, Act act) throws Exception {
        try (var other = database.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
            CompletableFuture<Outcome> outcome = CompletableFuture.supplyAsync(() -> run(discovery));
            Await.until(
                    LONG,
                    "it waits for the lock",
                    () -> database.query("SELECT 1 FROM pg_stat_activity WHERE"
                                    + " datname = current_database() AND application_name = 'lo-migrate discover'"
                                    + " AND wait_event_type = 'Lock'")
                            .isPresent());
            return act.act(outcome, other);
        }
    }

    private static Outcome run(Discovery discovery) {
        try {
            return discovery.run();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
