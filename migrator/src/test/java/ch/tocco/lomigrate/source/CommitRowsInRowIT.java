package ch.tocco.lomigrate.source;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.lo.RowContent.InRow;
import ch.tocco.lomigrate.lo.RowKey;
import ch.tocco.lomigrate.lo.SourceRow.Identity;
import ch.tocco.lomigrate.mapping.Mappings;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rows with content in them that change between the listing and the commit: only what is in the bucket is recorded. */
@ExtendWith(Backends.class)
@Timeout(120)
final class CommitRowsInRowIT {
    @Test
    void rowIsWrittenOnlyWhileItsContentIsWhatWasStored(SourceDatabase database) throws Exception {
        database.execute("CREATE TABLE f (id int PRIMARY KEY, c bytea, name text, url text);"
                + " INSERT INTO f VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four'), (5, 'five')");
        try (Connection connection = database.connect()) {
            SourceSql sql = sql(connection);
            List<CommitRows.Stored> stored = List.of(
                    stored(database, 1, "one"),
                    stored(database, 2, "two"),
                    stored(database, 3, "three"),
                    stored(database, 4, "four"),
                    stored(database, 5, "five"));
            database.execute("UPDATE f SET name = 'x' WHERE id = 2; UPDATE f SET c = 'THREE' WHERE id = 3;"
                    + " DELETE FROM f WHERE id = 4; UPDATE f SET c = NULL WHERE id = 5");

            CommitRows rows = new CommitRows(connection, sql, "bucket", stored);
            connection.setAutoCommit(false);
            assertThat(rows.write()).containsExactlyInAnyOrder(0, 1);
            connection.commit();

            assertThat(rows.lookUp())
                    .as("as after a COMMIT whose answer was lost")
                    .isEqualTo(
                            Map.of(0, stored.get(0).sha256(), 1, stored.get(1).sha256()));
            connection.rollback();
        }
        assertThat(database.query("SELECT string_agg(id || coalesce(url, ''), ' ' ORDER BY id) FROM f"))
                .contains("1k1 2k2 3 5");
        assertThat(database.query("SELECT string_agg(key_id::text, ' ' ORDER BY key_id) FROM lo_migrate.object_1"
                        + " JOIN f ON id = key_id AND row_version = f.xmin::text"))
                .as("the versions are those after its own update")
                .contains("1 2");
    }

    private static CommitRows.Stored stored(SourceDatabase database, int id, String content) throws Exception {
        String version = database.query("SELECT xmin FROM f WHERE id = " + id).orElseThrow();
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return new CommitRows.Stored(
                new Identity(RowKey.of(Integer.toString(id)), new InRow(version)),
                "k" + id,
                Digests.of(bytes).sha256(),
                null,
                bytes.length);
    }

    private static SourceSql sql(Connection connection) throws Exception {
        var mapping = Mappings.of("f").bytes("t.c").set("t", "url", ":key").mapping();
        SourceSql sql =
                new Resolver(connection, new SourceSql(mapping)).resolve().orElseThrow();
        return sql.withState(new StateTables(connection, sql, "http://s3", "bucket").create());
    }
}
