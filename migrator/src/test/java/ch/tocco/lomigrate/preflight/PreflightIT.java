package ch.tocco.lomigrate.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.config.FaultConfig;
import ch.tocco.lomigrate.lifecycle.RefusedException;
import ch.tocco.lomigrate.lifecycle.RunControl;
import ch.tocco.lomigrate.lifecycle.RunEndedException;
import ch.tocco.lomigrate.pipeline.Configs;
import ch.tocco.lomigrate.testkit.Await;
import ch.tocco.lomigrate.testkit.Background;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each reason to refuse a run, with its words; and that nothing is changed by looking. */
@ExtendWith(Backends.class)
@Timeout(120)
@Tag("slow")
final class PreflightIT {
    private SourceDatabase database;
    private String user;
    private String password;
    private final RunControl control = new RunControl();

    @BeforeEach
    void open(SourceDatabase fresh) {
        database = fresh;
        user = fresh.server().user();
        password = fresh.server().password();
    }

    private Preflight preflight() {
        return new Preflight(
                Sessions.connections(database, user, password),
                Sessions.SQL,
                control,
                FaultConfig.DEFAULT_REQUEST_TIMEOUT);
    }

    private long check(boolean checkBatchJob, boolean finalize) throws RefusedException {
        return preflight()
                .checkMigration(Configs.of(database, user, password, checkBatchJob, finalize)
                        .run())
                .oid();
    }

    private long check() throws RefusedException {
        return check(true, false);
    }

    private void addSha2() throws Exception {
        preflight().addSha2IfMissing(new Preflight.Found(0, Sessions.SQL, false, ""));
    }

    private void assertRefused(String... words) throws SQLException {
        String before = schema();
        assertThatThrownBy(this::check).isInstanceOf(RefusedException.class).hasMessageContainingAll(words);
        assertThat(schema()).as("schema").isEqualTo(before);
    }

    private String schema() throws SQLException {
        return database.query("SELECT to_regclass('_nice_binary')").isPresent() ? database.schema() : "";
    }

    /** From now on as a role that may only what the statements give it; {@code %s} is its name. */
    private void asRole(String... grants) throws SQLException {
        String role = Sessions.createRole(database);
        for (String grant : grants) {
            database.execute(grant.formatted(role));
        }
        user = role;
        password = role;
    }

    @Test
    void goodTableIsAccepted() throws Exception {
        database.insert(new byte[] {1}, "a/b");
        assertThat(check())
                .isEqualTo(Long.parseLong(
                        database.query("SELECT '_nice_binary'::regclass::oid").orElseThrow()));
    }

    @Test
    void roleWhoseSessionsAreReadOnlyIsRefusedInsteadOfWaitedFor() throws Exception {
        database.execute("ALTER DATABASE " + database.name() + " SET default_transaction_read_only = on");
        assertThatThrownBy(this::check)
                .isInstanceOf(RefusedException.class)
                .hasMessageContainingAll("read-only", "SET default_transaction_read_only = off");
    }

    @Test
    void databaseThatRefusesTheConnectionIsNamedInOneLine() throws Exception {
        asRole("ALTER ROLE %s CONNECTION LIMIT 0");
        assertThatThrownBy(this::check)
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("database ")
                .hasMessageContaining("too many connections")
                .hasMessageEndingWith("(SQLSTATE 53300)")
                .hasMessageNotContaining("\n");
    }

    @Test
    void missingTableIsRefused() throws Exception {
        database.execute("DROP TABLE _nice_binary");
        assertRefused("no table \"_nice_binary\"", "search path");
    }

    @Test
    void tableInAnotherSchemaIsFoundOnlyThroughTheSearchPath() throws Exception {
        database.execute("CREATE SCHEMA other; ALTER TABLE _nice_binary SET SCHEMA other");
        assertRefused("search path");
    }

    @Test
    void everyColumnThatIsWrongOrMissingIsNamed() throws Exception {
        database.execute("DROP TABLE _nice_binary; CREATE TABLE _nice_binary (hash varchar(40), size text,"
                + " data bigint, sha2 text)");
        assertRefused(
                "column hash is character varying(40), wanted character(40)",
                "column size is text, wanted bigint or integer",
                "column mime_type is missing",
                "column data is bigint, wanted oid",
                "column sha2 is text, wanted character(64)");
    }

    @Test
    void roleThatMayNotReadTheTableIsRefused() throws Exception {
        asRole();
        assertRefused("may not read", "GRANT SELECT");
    }

    @Test
    void roleThatMayNotWriteSha2IsRefused() throws Exception {
        asRole("GRANT SELECT ON _nice_binary, nice_batch_job TO %s", "GRANT UPDATE (size) ON _nice_binary TO %s");
        assertRefused("may not write sha2", "GRANT UPDATE (sha2)");
    }

    @Test
    void roleThatMayOnlyWriteSha2IsAcceptedWhereTheColumnExists() throws Exception {
        asRole("GRANT SELECT ON _nice_binary, nice_batch_job TO %s", "GRANT UPDATE (sha2) ON _nice_binary TO %s");
        check();
        addSha2();
    }

    @Test
    void roleThatMayNotAddTheColumnIsToldWhatTheOwnerShouldRun() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP COLUMN sha2");
        asRole("GRANT SELECT, UPDATE ON _nice_binary TO %s", "GRANT SELECT ON nice_batch_job TO %s");
        assertRefused("sha2 is missing", "ALTER TABLE \"_nice_binary\" ADD COLUMN");
    }

    @Test
    void roleThatMayNotFinalizeIsToldSoBeforeItMigrates() throws Exception {
        asRole("GRANT SELECT, UPDATE ON _nice_binary TO %s", "GRANT SELECT ON nice_batch_job TO %s");
        check();
        assertThatThrownBy(() -> check(true, true))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("may not finalize");
        database.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC; ALTER TABLE _nice_binary OWNER TO " + user);
        assertThatThrownBy(() -> check(true, true))
                .isInstanceOf(RefusedException.class)
                .hasMessageContainingAll("may not finalize", "requires CREATE on the schema");
        database.execute("GRANT CREATE ON SCHEMA public TO " + user);
        check(true, true);
    }

    @Test
    void lockedTableIsRefusedWithinSecondsInsteadOfWaitedFor() throws Exception {
        database.insert(new byte[] {1}, "a/b");
        try (Connection busy = locked()) {
            assertThatThrownBy(this::check)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContainingAll("SQLSTATE 55P03", "another session has \"_nice_binary\" locked");
            assertThat(busy.isValid(10)).isTrue();
        }
    }

    @Test
    void stopEndsALookAtTheDatabaseThatWaits() throws Exception {
        database.insert(new byte[] {1}, "a/b");
        try (Connection busy = locked()) {
            var checking = Background.run(this::check);
            Await.until(
                    Duration.ofSeconds(60),
                    "waits for the lock",
                    () -> database.query(
                                    "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '_nice_binary'::regclass")
                            .isPresent());
            control.stop();
            assertThatThrownBy(checking::join)
                    .hasCauseInstanceOf(RefusedException.class)
                    .hasMessageContaining("due to user request");
            assertThat(busy.isValid(10)).isTrue();
        }
    }

    /** The table is locked as by VACUUM FULL until this is closed. */
    private Connection locked() throws SQLException {
        Connection busy = database.connect();
        busy.setAutoCommit(false);
        try (var statement = busy.createStatement()) {
            statement.execute("LOCK TABLE _nice_binary IN ACCESS EXCLUSIVE MODE");
        }
        return busy;
    }

    @Test
    void partitionedTableMayBeMigratedButNotFinalized() throws Exception {
        database.execute(
                "DROP TABLE _nice_binary; CREATE TABLE _nice_binary (hash character(40) PRIMARY KEY, size bigint,"
                        + " mime_type varchar(255), data oid, sha2 character(64)) PARTITION BY HASH (hash);"
                        + " CREATE TABLE one PARTITION OF _nice_binary FOR VALUES WITH (MODULUS 1, REMAINDER 0)");
        check();
        assertThatThrownBy(() -> check(true, true))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("requires a plain table");
    }

    @Test
    void largeTableWithoutIndexIsRefusedAndASmallOneIsNot() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP CONSTRAINT _nice_binary_pkey");
        database.execute("INSERT INTO _nice_binary SELECT 'x', 1, '', 0 FROM generate_series(1, 100000)");
        check();
        database.execute("INSERT INTO _nice_binary VALUES ('x', 1, '', 0)");
        assertRefused("no valid index begins with column hash", "create one first");
        database.execute("CREATE INDEX ON _nice_binary (hash)");
        check();
    }

    @Test
    void roleThatMayReadNoneOfTheLargeObjectsIsRefused() throws Exception {
        database.insert(new byte[] {1}, "a/b");
        long second = database.insert(new byte[] {2}, "a/b").oid();
        asRole("GRANT SELECT, UPDATE ON _nice_binary TO %s", "GRANT SELECT ON nice_batch_job TO %s");
        assertRefused("may not read the large objects");
        database.execute("GRANT SELECT ON LARGE OBJECT " + second + " TO " + user);
        check();
    }

    @Test
    void permissionOnLargeObjectsIsLookedAtAlsoBeforeTheColumnIsAdded() throws Exception {
        database.insert(new byte[] {1}, "a/b");
        database.execute("ALTER TABLE _nice_binary DROP COLUMN sha2");
        asRole("ALTER TABLE _nice_binary OWNER TO %s", "GRANT SELECT ON nice_batch_job TO %s");
        assertRefused("may not read the large objects");
    }

    @Test
    void missingLargeObjectsRefuseNothingButAreWarnedOfWhereAllAreMissing() throws Exception {
        database.createObject(new byte[] {1}); // of no row
        database.execute("INSERT INTO _nice_binary VALUES (repeat('a', 40), 1, '', 4000000000),"
                + " (repeat('b', 40), 1, '', NULL), (repeat('c', 40), 1, '', 0)");
        check();
        assertThat(warnings())
                .anyMatch(message -> message.startsWith("NOT ONE of the 1 large objects in a sample exists"));
        database.insert(new byte[] {2}, "a/b");
        assertThat(warnings()).isEmpty();
    }

    private List<String> warnings() throws SQLException {
        try (Connection connection = database.connect()) {
            return new SourceCheck(connection, Sessions.SQL)
                    .check().stream()
                            .filter(finding -> finding.level() == Finding.Level.WARN)
                            .map(Finding::message)
                            .toList();
        }
    }

    @Test
    void databaseThatWasRestoredWithoutItsLargeObjectsIsRefused() throws Exception {
        check();
        database.execute("INSERT INTO _nice_binary VALUES (repeat('a', 40), 1, '', 4000000000)");
        assertRefused("no large object at all in this database", "restore it with its large objects");
        database.execute("ALTER TABLE _nice_binary DROP COLUMN sha2");
        assertRefused("no large object at all in this database");
    }

    @Test
    void foreignTableIsRefused() throws Exception {
        database.execute("""
                DROP TABLE _nice_binary;
                CREATE FOREIGN DATA WRAPPER elsewhere;
                CREATE SERVER elsewhere FOREIGN DATA WRAPPER elsewhere;
                CREATE FOREIGN TABLE _nice_binary (hash character(40), size bigint, mime_type character varying(255),
                    data oid, sha2 character(64)) SERVER elsewhere;
                """);
        assertRefused("in another database", "foreign tables: _nice_binary");
    }

    @Test
    void batchJobMustBeThereAndInactive() throws Exception {
        database.execute("UPDATE nice_batch_job SET active = true");
        assertRefused(SourceDatabase.BATCH_JOB, "is active", "--skip-batch-job-check");
        database.execute("DELETE FROM nice_batch_job");
        assertRefused(SourceDatabase.BATCH_JOB, "is not in nice_batch_job", "--skip-batch-job-check");
        check(false, false);
        database.execute("DROP TABLE nice_batch_job");
        check();
    }

    @Test
    void wrongPasswordIsRefusedWithoutNamingIt() throws Exception {
        password = "verysecret";
        assertThatThrownBy(this::check)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("password authentication failed")
                .hasMessageNotContaining("verysecret");
    }

    @Test
    void viewIsAccepted() throws Exception {
        database.execute("ALTER TABLE _nice_binary RENAME TO base; CREATE VIEW _nice_binary AS SELECT * FROM base");
        assertThat(check()).isPositive();
    }

    @Test
    void partitionedTableIsAccepted() throws Exception {
        database.execute("""
                DROP TABLE _nice_binary;
                CREATE TABLE _nice_binary (hash character(40) PRIMARY KEY, size bigint,
                    mime_type character varying(255), data oid, sha2 character(64)) PARTITION BY HASH (hash);
                """);
        assertThat(check()).isPositive();
    }

    @Test
    void columnIsAddedOnlyWhereItIsMissing() throws Exception {
        String before = database.schema();
        addSha2();
        assertThat(database.schema()).isEqualTo(before);
        database.execute("ALTER TABLE _nice_binary DROP COLUMN sha2");
        addSha2();
        assertThat(database.schema()).isEqualTo(before);
    }

    @Test
    void existingColumnNeedsNoLockAtAll() throws Exception {
        try (Connection busy = locked()) {
            assertThat(busy.isValid(10)).isTrue();
            assertThatCode(this::addSha2).doesNotThrowAnyException();
        }
    }

    @Test
    void missingColumnIsAddedAsSoonAsTheTableIsFree() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP COLUMN sha2");
        try (Connection busy = database.connect()) {
            busy.setAutoCommit(false);
            try (var statement = busy.createStatement()) {
                statement.execute("SELECT count(*) FROM _nice_binary");
            }
            var adding = Background.run(this::addSha2);
            Await.stays(Duration.ofMillis(600), "the table is in use", () -> !adding.isDone());
            busy.rollback();
            adding.join();
        }
        assertThat(database.schema()).contains("sha2 character(64)");
    }

    @Test
    void stopEndsTheTriesToAddTheColumn() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP COLUMN sha2");
        try (Connection busy = database.connect()) {
            busy.setAutoCommit(false);
            try (var statement = busy.createStatement()) {
                statement.execute("SELECT count(*) FROM _nice_binary");
            }
            var adding = Background.run(this::addSha2);
            Await.until(
                    Duration.ofSeconds(30),
                    "a pause between tries",
                    () -> database.query("SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
                                    + " AND application_name = 'lo-migrate preflight' AND query = 'ROLLBACK'")
                            .isPresent());
            control.stop();
            assertThatThrownBy(() -> adding.get(20, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(RunEndedException.class)
                    .hasMessageContaining("stopped before anything was changed");
        }
        assertThat(database.schema()).doesNotContain("sha2");
    }

    @Test
    void stoppedRunAddsNothing() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP COLUMN sha2");
        control.stop();
        assertThatThrownBy(this::addSha2).isInstanceOf(RefusedException.class);
        assertThat(database.schema()).doesNotContain("sha2");
    }

    /** The rows of the table as {@code role} would list them, were it not refused. */
    private void restrict(String role) throws SQLException {
        database.execute("ALTER TABLE _nice_binary ENABLE ROW LEVEL SECURITY");
        database.execute("CREATE POLICY all_rows ON _nice_binary TO " + role + " USING (true)");
    }

    @Test
    void roleFromWhichRowSecurityMayHideRowsIsRefusedWhateverItsPolicySays() throws Exception {
        database.insertGenerated(1, 10, "text/plain");
        asRole(
                "GRANT SELECT, UPDATE (sha2) ON _nice_binary TO %s",
                "GRANT SELECT ON nice_batch_job TO %s",
                "GRANT SELECT ON LARGE OBJECT " + database.rows().get(0).oid() + " TO %s");
        check();
        restrict(user);
        assertRefused("row-level security", "BYPASSRLS", "no policy is enough");
        database.execute("ALTER ROLE " + user + " BYPASSRLS");
        check();
    }

    @Test
    void ownerIsRefusedWhereRowSecurityIsForced() throws Exception {
        asRole();
        database.execute("ALTER TABLE _nice_binary OWNER TO " + user);
        database.execute("GRANT SELECT ON nice_batch_job TO " + user);
        database.execute("GRANT CREATE ON SCHEMA public TO " + user);
        restrict(user);
        check(true, true);
        database.execute("ALTER TABLE _nice_binary FORCE ROW LEVEL SECURITY");
        assertRefused("row-level security", "without FORCE");
        assertThatThrownBy(() -> check(true, true)).hasMessageContaining("row-level security");
        assertThatThrownBy(() -> preflight().checkFinalization()).hasMessageContaining("row-level security");
    }

    @Test
    void batchJobThatRowSecurityMayHideIsRefused() throws Exception {
        asRole("GRANT SELECT, UPDATE (sha2) ON _nice_binary TO %s", "GRANT SELECT ON nice_batch_job TO %s");
        database.execute("ALTER TABLE nice_batch_job ENABLE ROW LEVEL SECURITY");
        assertRefused("row-level security of nice_batch_job");
    }

    @Test
    void settingsOfTheRoleChangeNoOutcome() throws Exception {
        asRole("GRANT SELECT, UPDATE (sha2) ON _nice_binary TO %s", "GRANT SELECT ON nice_batch_job TO %s");
        for (String setting : List.of(
                "quote_all_identifiers = on",
                "transform_null_equals = on",
                "default_transaction_isolation = 'serializable'",
                "statement_timeout = '1h'",
                "row_security = on")) {
            database.execute("ALTER ROLE " + user + " SET " + setting);
        }
        assertThat(check()).isPositive();
    }

    @Test
    void tableIsTheOneThatWasCheckedWhateverTheSearchPathIsLater() throws Exception {
        assertThat(preflight()
                        .checkMigration(Configs.of(database, user, password, true, false)
                                .run())
                        .sql()
                        .table())
                .isEqualTo("\"public\".\"_nice_binary\"");
    }
}
