package ch.tocco.lomigrate.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.preflight.Finding.Level;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A trial refuses a table that takes no hash. It forgives single rows, waits for no lock and changes nothing. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
final class CommitTrialIT {
    private static final int MANY = 25;

    private SourceDatabase database;

    @BeforeEach
    void open(SourceDatabase fresh) {
        database = fresh;
    }

    private Finding attempt() throws SQLException {
        var preflight = new Preflight(
                Sessions.connections(database), Sessions.SQL, new RunControl(), FaultConfig.DEFAULT_REQUEST_TIMEOUT);
        return preflight.commitTrial(new Preflight.Found(0, Sessions.SQL, true, ""));
    }

    private void insertRows(int count) throws SQLException {
        database.execute("INSERT INTO _nice_binary (hash, size, data) SELECT lpad(to_hex(i), 40, '0'), 10, i"
                + " FROM generate_series(1, " + count + ") i");
    }

    @Test
    void trialLooksAtFewRowsOfALargeTable() throws SQLException {
        insertRows(50_000);
        database.execute("ANALYZE _nice_binary");
        String select = Sessions.SQL.hashes().someUnlockedPending(20, true);
        List<String> plan = new ArrayList<>();
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("EXPLAIN (ANALYZE, TIMING OFF) " + select)) {
            while (rows.next()) {
                plan.add(rows.getString(1));
            }
        }
        assertThat(plan).as("rows that each step of the plan gave").anyMatch(line -> line.contains("(actual rows="));
        assertThat(plan).noneMatch(line -> line.matches(".*actual rows=\\d{5,}.*"));
    }

    /** Another shard commits the rows between the moment when they are chosen and the trial of each. */
    @Test
    void rowsThatAnotherRunCommitsMeanwhileProveNothing() throws Exception {
        insertRows(MANY);
        try (Connection real = database.connect();
                var statement = real.createStatement()) {
            statement.execute("SET lock_timeout = '3s'");
            boolean[] chosen = {false};
            Connection watched = (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        Object result = method.invoke(real, arguments);
                        if (method.getName().equals("rollback") && !chosen[0]) {
                            chosen[0] = true;
                            database.execute("UPDATE _nice_binary SET sha2 = repeat('0', 64)");
                        }
                        return result;
                    });
            Finding finding = new CommitTrial(watched, Sessions.SQL).run();
            assertThat(chosen[0]).isTrue();
            assertThat(finding).isEqualTo(Finding.ok("no row was free for a trial"));
        }
    }

    /** A BEFORE UPDATE trigger for each row; {@code when} may name OLD and NEW. */
    private void createTrigger(String when, String body) throws SQLException {
        database.execute("CREATE FUNCTION trial() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body + " END $$;"
                + " CREATE TRIGGER trial BEFORE UPDATE ON _nice_binary FOR EACH ROW WHEN (" + when
                + ") EXECUTE FUNCTION trial()");
    }

    private void assertFound(Level level, String... words) throws SQLException {
        Finding finding = attempt();
        assertThat(finding.level()).as(finding.message()).isEqualTo(level);
        assertThat(List.of(words))
                .allSatisfy(word -> assertThat(finding.message()).contains(word));
        assertThat(finding.message()).doesNotContain("\n");
    }

    private static Connection locking(SourceDatabase database, String sql) throws SQLException {
        Connection other = database.connect();
        other.setAutoCommit(false);
        try (var statement = other.createStatement()) {
            statement.execute(sql);
        }
        return other;
    }

    static Stream<Arguments> wrongTables() {
        return Stream.of(
                Arguments.of(
                        Named.of(
                                "published without replica identity",
                                "ALTER TABLE _nice_binary REPLICA IDENTITY NOTHING;"
                                        + " CREATE PUBLICATION one FOR TABLE _nice_binary"),
                        "55000",
                        "; HINT: To enable updating the table, set REPLICA IDENTITY using ALTER TABLE."),
                Arguments.of(
                        Named.of(
                                "generated",
                                "ALTER TABLE _nice_binary DROP COLUMN sha2, ADD COLUMN sha2"
                                        + " character(64) GENERATED ALWAYS AS (NULL::character(64)) STORED"),
                        "428C9",
                        "; DETAIL: Column \"sha2\" is a generated column."),
                Arguments.of(
                        Named.of("rule instead", "CREATE RULE never AS ON UPDATE TO _nice_binary DO INSTEAD NOTHING"),
                        "0A000",
                        "; HINT: You need an unconditional ON UPDATE DO INSTEAD rule"),
                Arguments.of(
                        Named.of(
                                "view",
                                "ALTER TABLE _nice_binary RENAME TO base;"
                                        + " CREATE VIEW _nice_binary AS SELECT DISTINCT * FROM base"),
                        "55000",
                        "; DETAIL: Views containing DISTINCT are not automatically updatable."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongTables")
    void tableThatTakesNoSha256IsRefusedAfterOneRow(String setUp, String state, String words) throws Exception {
        insertRows(1);
        database.execute(setUp);
        assertFound(Level.FAIL, "no SHA-256 can be written to \"_nice_binary\"", "(SQLSTATE " + state + ")", words);
    }

    @Test
    void triggerThatCannotRunIsRefusedAfterOneRow() throws Exception {
        insertRows(1);
        createTrigger("true", "PERFORM no_such_function(); RETURN NEW;");
        assertFound(Level.FAIL, "no_such_function", "(SQLSTATE 42883)");
    }

    static Stream<Arguments> hopelessRows() {
        return Stream.of(
                Arguments.of(
                        Named.of("check", "ALTER TABLE _nice_binary ADD CONSTRAINT never CHECK (sha2 IS NULL)"),
                        "(SQLSTATE 23514); DETAIL: Failing row contains"),
                Arguments.of(Named.of("suppressed", trigger("RETURN NULL;")), "reported no error"),
                Arguments.of(Named.of("undone", trigger("NEW.sha2 := NULL; RETURN NEW;")), "reported no error"),
                Arguments.of(
                        Named.of("replaced", trigger("NEW.sha2 := repeat('a', 64); RETURN NEW;")),
                        "a trigger or a rule replaces the SHA-256"),
                Arguments.of(
                        Named.of(
                                "taken away after the update",
                                trigger("UPDATE _nice_binary SET sha2 = NULL WHERE data = NEW.data; RETURN NULL;")
                                        .replace("BEFORE UPDATE", "AFTER UPDATE OF sha2")
                                        .replace("FOR EACH ROW", "FOR EACH ROW WHEN (NEW.sha2 IS NOT NULL)")),
                        "a trigger or a rule discards the update"),
                Arguments.of(Named.of("raised", trigger("RAISE 'never';")), "ERROR: never (SQLSTATE P0001)"),
                Arguments.of(
                        Named.of(
                                "raised at the end of the transaction",
                                trigger("RAISE 'too late';")
                                        .replace("TRIGGER trial BEFORE", "CONSTRAINT TRIGGER trial AFTER")
                                        .replace("FOR EACH", "DEFERRABLE INITIALLY DEFERRED FOR EACH")),
                        "ERROR: too late (SQLSTATE P0001)"));
    }

    private static String trigger(String body) {
        return "CREATE FUNCTION trial() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body + " END $$;"
                + " CREATE TRIGGER trial BEFORE UPDATE ON _nice_binary FOR EACH ROW EXECUTE FUNCTION trial()";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hopelessRows")
    void sameErrorOfTwentyRowsIsRefusedAndOfFewerIsNot(String setUp, String words) throws Exception {
        insertRows(CommitTrial.ROWS - 1);
        database.execute(setUp);
        assertFound(Level.WARN, "none of 19 pending rows", words);
        database.execute("INSERT INTO _nice_binary (hash, size, data) VALUES (repeat('f', 40), 10, 1)");
        assertFound(Level.FAIL, "all 20 rows of a trial failed alike", words);
    }

    @Test
    void badRowsAmongGoodOnesRefuseNothing() throws Exception {
        insertRows(MANY);
        createTrigger("OLD.data::int8 < 20", "RAISE 'protected';");
        assertFound(Level.OK, "a SHA-256 can be written");
    }

    @Test
    void rowsThatFailForSeveralReasonsRefuseNothing() throws Exception {
        insertRows(MANY);
        createTrigger("true", "IF OLD.data = 1 THEN RETURN NULL; END IF; RAISE 'protected';");
        assertFound(Level.WARN, "for 2 different reasons");
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01", "55P03", "57014", "53200"})
    void passingErrorsNeverCount(String state) throws Exception {
        insertRows(MANY);
        createTrigger("true", "RAISE 'busy' USING ERRCODE = '" + state + "';");
        assertFound(Level.OK, "no row was free");
    }

    @Test
    void withoutPendingRowsNothingIsTried() throws Exception {
        assertFound(Level.OK);
    }

    @Test
    void rowsThatNoRunWouldCommitAreNotTried() throws Exception {
        database.execute("INSERT INTO _nice_binary (hash, size, data) VALUES ('x', 1, 1), (repeat('a', 40), 1, 0),"
                + " (repeat('b', 40), 1, NULL); INSERT INTO _nice_binary VALUES (repeat('c', 40), 1, '', 1, 'done')");
        createTrigger("true", "RAISE 'touched' USING ERRCODE = '42000';");
        assertFound(Level.OK, "no row was free");
    }

    @Test
    void lockedRowsArePassedBy() throws Exception {
        insertRows(MANY);
        createTrigger("OLD.data < 25::oid", "RAISE 'touched' USING ERRCODE = '42000';");
        try (Connection other = locking(database, "SELECT 1 FROM _nice_binary WHERE data < 25::oid FOR KEY SHARE")) {
            assertFound(Level.OK, "a SHA-256 can be written");
            other.rollback();
        }
        try (Connection other = locking(database, "UPDATE _nice_binary SET size = 11 WHERE data = 25")) {
            database.execute("DELETE FROM _nice_binary WHERE data < 25::oid");
            assertFound(Level.OK, "no row was free");
            other.rollback();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ACCESS EXCLUSIVE, could not try to write a SHA-256: ERROR: canceling statement",
        "SHARE, no row was free"
    })
    void lockedTableIsNotWaitedForLong(String mode, String words) throws Exception {
        insertRows(MANY);
        try (Connection other = locking(database, "LOCK TABLE _nice_binary IN " + mode + " MODE")) {
            long begun = System.nanoTime();
            assertFound(Level.OK, words);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
            other.rollback();
        }
    }

    @Test
    void trialLeavesNothingBehind() throws Exception {
        insertRows(MANY);
        database.execute("CREATE TABLE log (hash text)");
        createTrigger("true", "INSERT INTO log VALUES (NEW.hash); RETURN NEW;");
        database.execute("CREATE RULE logging AS ON UPDATE TO _nice_binary DO ALSO INSERT INTO log VALUES (NEW.hash)");
        String state = "SELECT string_agg(concat_ws(' ', ctid, xmin, hash, size, data, sha2), ',' ORDER BY ctid)"
                + " || (SELECT count(*) FROM log) FROM _nice_binary";
        String before = database.query(state).orElseThrow();
        assertFound(Level.OK, "a SHA-256 can be written");
        assertThat(database.query(state)).contains(before);
    }

    @Test
    void viewThatCanBeUpdatedIsTriedToo() throws Exception {
        insertRows(1);
        database.execute("ALTER TABLE _nice_binary RENAME TO base; CREATE VIEW _nice_binary AS SELECT * FROM base");
        assertFound(Level.OK, "a SHA-256 can be written");
    }
}
