package ch.tocco.lomigrate.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whole runs on tables whose rows hold the content themselves, as bytea. */
@ExtendWith(Backends.class)
@Timeout(300)
final class ContentInRowsIT {
    private static final String[] FLAGS = {"--table", "f", "--bytes", "t.c", "--object-key", "{id}"};

    /** SHA-256 by key of what the bucket should hold. */
    private final Map<String, String> expected = new TreeMap<>();

    private void insert(SourceDatabase database, int id, byte[] content) throws Exception {
        try (var connection = database.connect();
                var statement = connection.prepareStatement("INSERT INTO f VALUES (?, ?)")) {
            statement.setInt(1, id);
            statement.setBytes(2, content);
            statement.executeUpdate();
        }
        expected.put(Integer.toString(id), Digests.of(content).sha256());
    }

    /** Bytes that PostgreSQL compresses. */
    private static byte[] dull(int size) {
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) {
            content[i] = (byte) (i / 1000);
        }
        return content;
    }

    /** In batches and as streams, inline, out of line, compressed and not; a NULL fails alone; then nothing is left. */
    @Test
    void smallOnesAndGiantsCompressedAndNotAreMigratedOnce(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE f (id int PRIMARY KEY, c bytea)");
        for (int i = 0; i < 40; i++) {
            insert(database, i, i % 2 == 0 ? GeneratedContent.bytes(i, 150 * i) : dull(150 * i));
        }
        insert(database, 100, GeneratedContent.bytes(100, 3_000_001));
        insert(database, 101, dull(4_000_000));
        database.execute("ALTER TABLE f ALTER c SET STORAGE EXTERNAL");
        insert(database, 102, dull(2_500_000));
        database.execute("INSERT INTO f VALUES (103, NULL)");

        Cli.Result result = app.run(FLAGS);

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr())
                .contains("NO_CONTENT oid null, hash 103", "is compressed in")
                .doesNotContain("Exception");
        assertThat(app.found()).isEqualTo(expected);
        database.execute("DELETE FROM f WHERE id = 103");
        String stored = app.query("SELECT max(stored_at) FROM lo_migrate.object_1");
        Cli.Result again = app.run(FLAGS);
        assertThat(again.exitCode()).as(again.toString()).isZero();
        assertThat(again.stdout()).contains("all migrated");
        assertThat(app.query("SELECT max(stored_at) FROM lo_migrate.object_1")).isEqualTo(stored);
    }

    /** An update of another column is none of the content; one of the content is, even of the same length. */
    @Test
    void rowIsPendingAgainOnlyWhenItsContentChanges(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE f (id int PRIMARY KEY, c bytea, name text, url text)");
        for (int i = 1; i <= 3; i++) {
            database.execute("INSERT INTO f VALUES (" + i + ", '\\x0" + i + "0203')");
        }
        String[] flags = {
            "--table", "f", "--bytes", "t.c", "--object-key", "{id}/{sha256}", "--set", "url=:key", "--size", "3"
        };
        Cli.Result first = app.run(flags);
        assertThat(first.exitCode()).as(first.toString()).isZero();
        assertThat(app.found()).hasSize(3);
        String before = app.query("SELECT string_agg(url || key_id, ' ' ORDER BY id) FROM f"
                + " JOIN lo_migrate.object_1 o ON o.key_id = f.id AND o.row_version = f.xmin::text");
        assertThat(before.split(" ")).hasSize(3); // also after its own update of the row

        database.execute("UPDATE f SET name = 'x' WHERE id = 1; UPDATE f SET c = '\\xff0203' WHERE id = 2");
        Cli.Result second = app.run(flags);

        assertThat(second.exitCode()).as(second.toString()).isZero();
        assertThat(app.found()).hasSize(4);
        assertThat(app.query(
                        "SELECT substr(url, 1, 2) || (url = '2/' || encode(sha256(c), 'hex')) FROM f WHERE id = 2"))
                .isEqualTo("2/true");
        assertThat(app.query("SELECT count(*) FROM lo_migrate.object_1 WHERE oid IS NULL AND owner IS NULL"))
                .isEqualTo("3");
    }

    /** By their keys, as they have no oids; each row is of one shard. */
    @Test
    void shardsShareTheRows(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE f (id int PRIMARY KEY, c bytea)");
        for (int i = 0; i < 20; i++) {
            insert(database, i, GeneratedContent.bytes(i, 10 * i));
        }
        String[] first = {"--table", "f", "--bytes", "t.c", "--object-key", "{id}", "--shard", "1/2"};
        Cli.Result one = app.run(first);
        assertThat(one.exitCode()).as(one.toString()).isZero();
        assertThat(app.found().size()).isBetween(1, 19);
        Cli.Result two = app.run("--table", "f", "--bytes", "t.c", "--object-key", "{id}", "--shard", "2/2");
        assertThat(two.exitCode()).as(two.toString()).isZero();
        assertThat(app.found()).isEqualTo(expected);
        Cli.Result again = app.run(FLAGS);
        assertThat(again.exitCode()).as(again.toString()).isZero();
    }

    /** What the row says of its content is compared; expressions of bytes are content too; so are partitions. */
    @Test
    void wrongChecksumsFailAndExpressionsAndPartitionsAreServed(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE f (id int, day date, body text, hash text, PRIMARY KEY (id, day))"
                + " PARTITION BY RANGE (day); CREATE TABLE f1 PARTITION OF f FOR VALUES FROM ('2024-01-01') TO"
                + " ('2025-01-01'); CREATE TABLE f2 PARTITION OF f FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')");
        for (int i = 1; i <= 6; i++) {
            database.execute("INSERT INTO f VALUES (" + i + ", '" + (2024 + i % 2) + "-05-05', encode('text " + i
                    + "', 'base64'), md5('text " + (i == 5 ? 6 : i) + "'))");
            expected.put(
                    "f/" + i,
                    Digests.of(("text " + i).getBytes(StandardCharsets.UTF_8)).sha256());
        }
        expected.remove("f/5");
        Cli.Result result = app.run(
                "--table", "f", "--bytes", "decode(t.body, 'base64')", "--md5", "t.hash", "--object-key", "f/{id}");
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr()).contains("HASH_MISMATCH row version").contains("hash 5, 2025-05-05");
        assertThat(app.found()).isEqualTo(expected);
    }

    /** Each is named with what is wrong, before anything is changed. */
    @Test
    void bytesThatCannotBeReadAreRefusedByName(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE f (id int PRIMARY KEY, n int, c bytea); CREATE TABLE g (id int, c bytea);"
                + " CREATE VIEW v AS SELECT * FROM f");
        Cli.Result type = app.run("--table", "f", "--bytes", "t.n", "--object-key", "{id}");
        assertThat(type.exitCode()).as(type.toString()).isEqualTo(3);
        assertThat(type.stderr()).contains("--bytes t.n is of type int4, wanted bytea");
        Cli.Result joined =
                app.run("--table", "f", "--join", "JOIN g ON g.id = t.id", "--bytes", "g.c", "--object-key", "{id}");
        assertThat(joined.exitCode()).as(joined.toString()).isEqualTo(3);
        assertThat(joined.stderr()).contains("--bytes g.c is not of the table itself");
        Cli.Result view = app.run("--table", "v", "--key", "id", "--bytes", "t.c", "--object-key", "{id}");
        assertThat(view.exitCode()).as(view.toString()).isEqualTo(3);
        assertThat(view.stderr()).contains("--bytes needs a table", "xmin");
        assertThat(app.query("SELECT count(*) FROM pg_namespace WHERE nspname = 'lo_migrate'"))
                .isEqualTo("0");
    }
}
