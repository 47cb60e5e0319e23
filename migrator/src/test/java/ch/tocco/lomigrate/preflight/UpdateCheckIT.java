package ch.tocco.lomigrate.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.preflight.Finding.Level;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What the definition of a table forbids is found without writing, and nothing else is. */
@ExtendWith(Backends.class)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(120)
final class UpdateCheckIT {
    private static final String FUNCTION =
            "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$";

    private SourceDatabase database;

    @BeforeEach
    void open(SourceDatabase fresh) {
        database = fresh;
    }

    private List<Finding> check() throws SQLException {
        try (var connection = database.connect()) {
            return new UpdateCheck(connection, Sessions.SQL).check();
        }
    }

    private void assertFound(Level level, String... words) throws SQLException {
        assertThat(check()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).as(finding.message()).isEqualTo(level);
            assertThat(List.of(words))
                    .allSatisfy(word -> assertThat(finding.message()).contains(word));
            assertThat(finding.message()).doesNotContain("\n");
        });
    }

    @Test
    void plainTableIsFine() throws Exception {
        assertFound(Level.OK);
        database.execute("ALTER TABLE _nice_binary DROP COLUMN sha2");
        assertFound(Level.OK);
    }

    @Test
    void generatedColumnIsRefused() throws Exception {
        database.execute("ALTER TABLE _nice_binary DROP COLUMN sha2, ADD COLUMN sha2 character(64)"
                + " GENERATED ALWAYS AS (NULL::character(64)) STORED");
        assertFound(Level.FAIL, "column sha2", "is generated", "drop the column");
    }

    @Test
    void tableThatIsPublishedNeedsAReplicaIdentity() throws Exception {
        database.execute("CREATE PUBLICATION one FOR TABLE _nice_binary");
        assertFound(Level.OK);
        database.execute("ALTER TABLE _nice_binary REPLICA IDENTITY NOTHING");
        assertFound(Level.FAIL, "_nice_binary (publication one)", "REPLICA IDENTITY FULL");
        database.execute("ALTER TABLE _nice_binary REPLICA IDENTITY DEFAULT, DROP CONSTRAINT _nice_binary_pkey");
        assertFound(Level.FAIL, "_nice_binary (publication one)");
        database.execute("ALTER PUBLICATION one SET (publish = 'insert')");
        assertFound(Level.OK);
        database.execute("DROP PUBLICATION one; CREATE PUBLICATION everything FOR ALL TABLES");
        assertFound(Level.FAIL, "_nice_binary (publication everything)");
        database.execute("ALTER TABLE _nice_binary REPLICA IDENTITY FULL");
        assertFound(Level.OK);
        database.execute("ALTER TABLE _nice_binary ALTER COLUMN hash SET NOT NULL;"
                + " CREATE UNIQUE INDEX identity ON _nice_binary (hash);"
                + " ALTER TABLE _nice_binary REPLICA IDENTITY USING INDEX identity");
        assertFound(Level.OK);
    }

    @Test
    void publishedPartitionWithoutReplicaIdentityIsNamed() throws Exception {
        database.execute("""
                DROP TABLE _nice_binary;
                CREATE TABLE _nice_binary (hash character(40), size bigint, mime_type character varying(255), data oid,
                    sha2 character(64)) PARTITION BY HASH (hash);
                CREATE TABLE part_0 PARTITION OF _nice_binary FOR VALUES WITH (MODULUS 2, REMAINDER 0);
                CREATE TABLE part_1 PARTITION OF _nice_binary FOR VALUES WITH (MODULUS 2, REMAINDER 1);
                ALTER TABLE part_0 ADD PRIMARY KEY (hash);
                CREATE PUBLICATION one FOR TABLE part_0, part_1;
                """);
        assertFound(Level.FAIL, ": part_1 (publication one)");
        database.execute("ALTER TABLE part_1 ADD PRIMARY KEY (hash)");
        assertFound(Level.OK);
    }

    @Test
    void ruleThatDoesSomethingElseInsteadIsRefused() throws Exception {
        database.execute("CREATE RULE never AS ON UPDATE TO _nice_binary DO INSTEAD NOTHING");
        assertFound(Level.FAIL, "rules of \"_nice_binary\"", ": never", "DISABLE RULE");
        database.execute("ALTER TABLE _nice_binary DISABLE RULE never");
        assertFound(Level.OK);
    }

    @Test
    void ruleThatDoesSomethingElseTooIsWarnedOf() throws Exception {
        database.execute("CREATE TABLE log (hash text);"
                + " CREATE RULE logging AS ON UPDATE TO _nice_binary DO ALSO INSERT INTO log VALUES (NEW.hash)");
        assertFound(Level.WARN, "each update of a row runs rules logging");
    }

    @Test
    void triggersThatFireAreWarnedOfAndOthersAreNot() throws Exception {
        database.execute(FUNCTION + """
                ;
                CREATE TRIGGER other BEFORE UPDATE OF size ON _nice_binary FOR EACH ROW EXECUTE FUNCTION nothing();
                CREATE TRIGGER inserting BEFORE INSERT ON _nice_binary FOR EACH ROW EXECUTE FUNCTION nothing();
                CREATE TABLE referring (hash character(40) REFERENCES _nice_binary ON UPDATE CASCADE);
                """);
        assertFound(Level.OK);
        database.execute("CREATE TRIGGER any_column AFTER UPDATE ON _nice_binary EXECUTE FUNCTION nothing();"
                + " CREATE TRIGGER hashes AFTER UPDATE OF sha2 ON _nice_binary EXECUTE FUNCTION nothing()");
        assertFound(Level.WARN, "each update of a row runs triggers any_column, hashes");
        database.execute("ALTER TABLE _nice_binary DISABLE TRIGGER USER");
        assertFound(Level.OK);
    }

    @Test
    void viewMustBeUpdatable() throws Exception {
        database.execute("ALTER TABLE _nice_binary RENAME TO base; CREATE VIEW _nice_binary AS SELECT * FROM base");
        assertFound(Level.OK);
        database.execute("DROP VIEW _nice_binary; CREATE VIEW _nice_binary AS SELECT DISTINCT * FROM base");
        assertFound(Level.FAIL, "is a view that cannot be updated", "INSTEAD OF UPDATE");
        database.execute(FUNCTION
                + "; CREATE TRIGGER instead INSTEAD OF UPDATE ON _nice_binary FOR EACH ROW EXECUTE FUNCTION nothing()");
        assertFound(Level.OK);
    }

    @Test
    void viewWhoseHashIsAnExpressionIsRefused() throws Exception {
        database.execute("ALTER TABLE _nice_binary RENAME TO base; CREATE VIEW _nice_binary AS"
                + " SELECT hash, size, mime_type, data, coalesce(sha2, NULL)::character(64) AS sha2 FROM base");
        assertFound(Level.FAIL, "is a view that cannot be updated");
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
        assertFound(Level.FAIL, "in another database", "foreign tables: _nice_binary");
    }
}
