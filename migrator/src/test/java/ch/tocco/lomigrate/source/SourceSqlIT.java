package ch.tocco.lomigrate.source;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.mapping.SourceMapping;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every statement means what it says also where table and columns have names that a person should not give them. */
@ExtendWith(Backends.class)
final class SourceSqlIT {
    private static final SourceMapping HOSTILE = SourceMapping.tocco(
            "t\"; DROP TABLE _nice_binary; --", "Hash\"1", "size of it", "mime.type", "select", "SHA2'");

    private final SourceSql sql = new SourceSql(HOSTILE);
    private SourceDatabase database;

    @BeforeEach
    void createTable(SourceDatabase fresh) throws SQLException {
        database = fresh;
        database.execute("CREATE TABLE \"t\"\"; DROP TABLE _nice_binary; --\" (\"Hash\"\"1\" character(40) PRIMARY KEY,"
                + " \"size of it\" bigint, \"mime.type\" varchar(255), \"select\" oid)");
        database.execute("INSERT INTO " + sql.table() + " VALUES (repeat('a', 40), 1, 'a/b', 4000000000)");
    }

    @Test
    void everyStatementIsUnderstood() throws Exception {
        assertThat(database.query(sql.somePendingOids(false))).contains("4000000000");
        database.execute(sql.addState());
        database.execute(sql.addState());
        try (Connection connection = database.connect()) {
            for (String text : List.of(
                    sql.pendingInBlocks(),
                    sql.pendingAtAddresses(),
                    sql.firstPendingByKey(),
                    sql.nextPendingByKey(),
                    sql.hashes().commit(),
                    sql.hashes().committed(),
                    ContentSql.readBatch())) {
                try (var statement = connection.prepareStatement(text)) {
                    assertThat(statement.getParameterMetaData().getParameterCount())
                            .as(text)
                            .isPositive();
                }
            }
        }
        assertThat(database.query(sql.counts().allAndPending())).contains("1");
        assertThat(database.query(sql.counts().pending())).contains("1");
        assertThat(database.query(sql.counts().somePending())).contains("a".repeat(40));
        assertThat(database.query(sql.somePendingOids(true))).contains("4000000000");
        assertThat(database.query(sql.finalizing().duplicates())).isEmpty();
    }

    @Test
    void catalogKnowsTheTableByItsNames() throws Exception {
        try (Connection connection = database.connect()) {
            var catalog = new Catalog(connection, sql);
            assertThat(catalog.tableOid()).isPresent();
            assertThat(catalog.columns())
                    .containsEntry("Hash\"1", "character(40)")
                    .containsEntry("size of it", "bigint")
                    .containsEntry("mime.type", "character varying(255)")
                    .containsEntry("select", "oid")
                    .doesNotContainKey("SHA2'");
            assertThat(catalog.sha1IsIndexed()).isTrue();
            assertThat(catalog.hashIsUnique()).isTrue();
            assertThat(catalog.maySelect()).isTrue();
            assertThat(catalog.mayAlter()).isTrue();
            assertThat(catalog.hasMoreThan(0)).isTrue();
            assertThat(catalog.hasMoreThan(1)).isFalse();
            assertThat(catalog.sha2Index()).isEmpty();

            database.execute(sql.addState());
            database.execute(sql.finalizing().createStateIndex());
            var index = catalog.sha2Index().orElseThrow();
            assertThat(index.valid()).isTrue();
            assertThat(index.asWanted()).isTrue();
            database.execute(FinalizeSql.dropIndex(index.name()));
            assertThat(catalog.sha2Index()).isEmpty();
            assertThat(catalog.mayUpdateSha2()).isTrue();
        }
    }

    @Test
    void finalizingStatementsAreUnderstood() throws Exception {
        database.execute(sql.addState());
        database.execute("UPDATE " + sql.table() + " SET \"SHA2'\" = 'x'");
        try (Connection connection = database.connect()) {
            var catalog = new Catalog(connection, sql);
            database.execute(sql.finalizing().addNotNullCheck());
            assertThat(catalog.hasNotNullCheck()).isTrue();
            database.execute(sql.finalizing().validateNotNullCheck());
            database.execute(sql.finalizing().setNotNull());
            database.execute(sql.finalizing().dropNotNullCheck());
            assertThat(catalog.hasNotNullCheck()).isFalse();
            assertThat(catalog.sha2IsNotNull()).isTrue();
        }
        assertThat(database.query("SELECT count(*) FROM _nice_binary")).contains("0");
    }

    @Test
    void indexThatDoesNotServeIsNotTakenForOne() throws Exception {
        database.execute("ALTER TABLE " + sql.table() + " DROP CONSTRAINT \"t\"\"; DROP TABLE _nice_binary; --_pkey\"");
        database.execute("CREATE INDEX ON " + sql.table() + " (\"select\", \"Hash\"\"1\")");
        database.execute("CREATE INDEX ON " + sql.table() + " (\"Hash\"\"1\") WHERE \"select\" > 5");
        try (Connection connection = database.connect()) {
            var catalog = new Catalog(connection, sql);
            assertThat(catalog.sha1IsIndexed()).isFalse();
            database.execute("CREATE INDEX ON " + sql.table() + " (\"Hash\"\"1\", \"select\")");
            assertThat(catalog.sha1IsIndexed()).isTrue();
            assertThat(catalog.hashIsUnique()).isFalse();
        }
    }
}
