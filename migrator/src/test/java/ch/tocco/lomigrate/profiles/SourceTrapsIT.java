package ch.tocco.lomigrate.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.Sessions;
import ch.tocco.lomigrate.testkit.checks.FinalStats;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.EmbeddedS3;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong, or nearly so, with tables in the wild: whole runs on sources that flags describe. */
@ExtendWith(Backends.class)
@Timeout(300)
final class SourceTrapsIT {
    /** Odoo's way: text that holds the oid; a composite key with odd names; DO ALSO rules; state in a column of a join. */
    @Test
    void textOidsCompositeKeysAndRulesAreServed(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("""
                CREATE SCHEMA "App Files";
                CREATE TABLE "App Files"."Doc Blob" ("Id" uuid, "Part No" timestamptz, ref text,
                    PRIMARY KEY ("Part No", "Id"));
                CREATE TABLE doc (blob uuid, url text, hash text);
                CREATE RULE also AS ON UPDATE TO doc DO ALSO NOTIFY changed;
                """);
        for (int i = 0; i < 6; i++) {
            String id = "00000000-0000-4000-8000-00000000000" + i;
            String ref = i == 4 ? "none" : "dblo:" + app.object("docs/" + id, i, 100 + i);
            database.execute("INSERT INTO \"App Files\".\"Doc Blob\" VALUES ('" + id + "', '2024-02-29 12:00+05', '"
                    + ref + "')");
            database.execute("INSERT INTO doc VALUES ('" + id + "', NULL, '"
                    + (i == 5
                            ? "0".repeat(64)
                            : Digests.of(GeneratedContent.bytes(i, 100 + i)).sha256()) + "')");
        }
        app.notExpected("docs/00000000-0000-4000-8000-000000000005");

        Cli.Result result = app.run(
                "--table", "\"App Files\".\"Doc Blob\"",
                "--join", "JOIN doc d ON d.blob = t.\"Id\"",
                "--oid", "substr(t.ref, 6)",
                "--sha256", "d.hash",
                "--object-key", "docs/{Id}",
                "--set", "d.url='s3://' || :bucket || '/' || :key || '#' || :size",
                "--state", "column:d.url");

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr()).contains("INVALID_OID", "HASH_MISMATCH").doesNotContain("Exception");
        assertThat(app.found()).isEqualTo(app.expected());
        assertThat(app.query("SELECT string_agg(url, ' ' ORDER BY blob) FROM doc WHERE blob::text < '"
                        + "00000000-0000-4000-8000-000000000002" + "'"))
                .isEqualTo("s3://" + app.bucket + "/docs/00000000-0000-4000-8000-000000000000#100 s3://" + app.bucket
                        + "/docs/00000000-0000-4000-8000-000000000001#101");
        assertThat(app.query("SELECT count(*) FROM doc WHERE url IS NULL")).isEqualTo("2");
    }

    /** One row with a bad cast, one that the join gives twice, one with a NULL: the others of their page are done. */
    @Test
    void badRowsFailAlone(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute(
                "CREATE TABLE f (id int PRIMARY KEY, o oid, n text, name text);" + " CREATE TABLE g (f int, v text)");
        for (int i = 1; i <= 40; i++) {
            long oid = app.object("f/" + i, i, i);
            String size = i == 7 ? "x" : Integer.toString(i == 8 ? 9999 : i);
            database.execute("INSERT INTO f VALUES (" + i + ", " + (i == 9 ? "NULL" : oid) + ", '" + size + "', "
                    + (i == 11 ? "NULL" : "'f/" + i + "'") + "); INSERT INTO g VALUES (" + i + ", 'v')");
        }
        database.execute("INSERT INTO g VALUES (10, 'w'); INSERT INTO f VALUES (41, 1, '1', '..')");
        database.execute("INSERT INTO g VALUES (41, 'v')");
        for (int bad : new int[] {7, 8, 9, 10, 11}) {
            app.notExpected("f/" + bad);
        }

        Cli.Result result = app.run(
                "--table", "f",
                "--join", "JOIN g ON g.f = t.id",
                "--oid", "t.o",
                "--size", "t.n::bigint",
                "--metadata", "V=g.v",
                "--object-key", "{expr:name}",
                "--key-expr", "name=t.name");

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr())
                .contains("EXPRESSION oid null, hash 7", "invalid input syntax for type bigint: \"x\"")
                .contains("SIZE_MISMATCH", "INVALID_OID", "AMBIGUOUS", "UNSAFE_KEY");
        assertThat(app.found()).isEqualTo(app.expected());
        try (var inspector = s3.inspect(app.bucket)) {
            assertThat(inspector.read("f/1").metadata()).containsEntry("v", "v");
        }
    }

    /** Two rows with one key: the first wins, the second fails, and nothing is replaced. */
    @Test
    void twoContentsOfOneKeyFailInsteadOfReplacing(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE f (id int PRIMARY KEY, o oid, n text)");
        long first = app.object("same", 1, 100);
        long same = database.createObject(GeneratedContent.bytes(1, 100));
        long other = database.createObject(GeneratedContent.bytes(2, 100));
        database.execute("INSERT INTO f VALUES (1, " + first + ", 'same'), (2, " + same + ", 'same')");
        String[] flags = {"--table", "f", "--oid", "t.o", "--object-key", "{expr:n}", "--key-expr", "n=t.n"};
        Cli.Result equal = app.run(flags);
        assertThat(equal.exitCode()).as(equal.toString()).isZero();

        database.execute("INSERT INTO f VALUES (3, " + other + ", 'same')");
        Cli.Result different = app.run(flags);
        assertThat(different.exitCode()).as(different.toString()).isEqualTo(1);
        assertThat(different.stderr()).contains("KEY_TAKEN", "hash 3");
        assertThat(app.found()).isEqualTo(app.expected());

        database.execute("DELETE FROM f WHERE id = 3; UPDATE f SET o = " + other + " WHERE id = 1");
        Cli.Result changed = app.run(flags);
        assertThat(changed.exitCode())
                .as("its object is that of another row too: " + changed)
                .isEqualTo(1);
        assertThat(changed.stderr()).contains("KEY_TAKEN", "hash 1");
        assertThat(app.found()).isEqualTo(app.expected());
    }

    /**
     * The store takes no notice of If-None-Match. Foreign objects stay, one of two rows with the same key fails, the run
     * knows its own objects again, small ones, giants and those in parts, and the books balance.
     */
    @Test
    void storeThatIgnoresIfNoneMatchLosesNothing(SourceDatabase database) throws Exception {
        try (EmbeddedS3 replacing = EmbeddedS3.startWithoutConditions()) {
            var app = new Application(database, replacing);
            database.execute("CREATE TABLE f (id int PRIMARY KEY, o oid, n text)");
            int[] giants = {2_000_000, 12_000_000}; // whole and in parts; the first of each meets a foreign object
            for (int i = 0; i < 30; i++) {
                long oid = app.object("f/" + i, i, i < 4 ? giants[i % 2] : 100);
                database.execute("INSERT INTO f VALUES (" + i + ", " + oid + ", '" + i + "')");
            }
            byte[] foreign = GeneratedContent.bytes(99, 100);
            try (var inspector = replacing.inspect(app.bucket)) {
                for (int i : new int[] {0, 1, 7}) {
                    inspector.put("f/" + i, foreign, "a/b", Map.of());
                    app.expect("f/" + i, foreign);
                }
                inspector.put("other", foreign, "a/b", Map.of());
                app.expect("other", foreign);
            }
            for (int i = 30; i < 34; i++) { // the same key, other content; one of them the same content
                long oid = database.createObject(GeneratedContent.bytes(i == 33 ? 20 : i, 100));
                database.execute("INSERT INTO f VALUES (" + i + ", " + oid + ", '" + (i == 33 ? 20 : 10) + "')");
            }
            String[] flags = {
                "--table",
                "f",
                "--oid",
                "t.o",
                "--object-key",
                "f/{expr:n}",
                "--key-expr",
                "n=t.n",
                "--where",
                "t.id <> 10",
                "--multipart-threshold",
                "5120",
                "--upload-chunk-size",
                "5120"
            };
            // three meet a foreign object, and of 30 to 32 one is stored
            Cli.Result first = app.run(flags);

            assertThat(first.exitCode()).as(first.toString()).isEqualTo(1);
            assertThat(FinalStats.of(first.stdout())).isEqualTo(new FinalStats(5, Map.of("KEY_TAKEN", 5)));
            assertThat(first.stderr()).contains("the store does not honour If-None-Match", "keys like f/{expr:n}");
            assertThat(app.query("SELECT count(*) FROM lo_migrate.object_1")).isEqualTo("28");
            String winner = app.query("SELECT key_id FROM lo_migrate.object_1 WHERE object_key = 'f/10'");
            app.expect("f/10", GeneratedContent.bytes(Integer.parseInt(winner), 100));
            assertThat(app.found()).isEqualTo(app.expected());

            database.execute("DELETE FROM lo_migrate.object_1"); // as if the run had been killed before its commits
            Cli.Result again = app.run(flags);
            assertThat(FinalStats.of(again.stdout())).isEqualTo(FinalStats.of(first.stdout()));
            assertThat(app.found()).isEqualTo(app.expected());
            assertThat(app.query("SELECT count(*) FROM lo_migrate.object_1")).isEqualTo("28");
        }
    }

    /** Each with PostgreSQL's own words, all at once, and nothing is changed or created. */
    @Test
    void brokenDescriptionsAreRefusedBeforeAnythingIsChanged(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE f (id int PRIMARY KEY, o oid, j json, done text);"
                + " INSERT INTO f VALUES (1, 1, '{}')");
        Cli.Result result = app.run(
                "--table", "f",
                "--key", "id,j",
                "--oid", "t.nothing",
                "--where", "t.id = 'x'",
                "--size", "length(",
                "--set", "gone=1",
                "--set", "done=:sha256 || nonsense");
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(3);
        assertThat(result.stderr()).contains("--key \"j\" has no order", "could not identify an ordering operator");
        Cli.Result more = app.run(
                "--table", "f",
                "--oid", "t.nothing",
                "--where", "t.id = 'x'",
                "--size", "length(",
                "--set", "gone=1",
                "--set", "done=:sha256 || nonsense");
        assertThat(more.exitCode()).as(more.toString()).isEqualTo(3);
        assertThat(more.stderr())
                .contains("--oid t.nothing: ERROR: column t.nothing does not exist")
                .contains("--where t.id = 'x': ERROR: invalid input syntax for type integer: \"x\"")
                .contains("--size length(: ERROR: syntax error")
                .contains("--set t.\"gone\": table \"public\".\"f\" has no column \"gone\"")
                .contains("--set t.\"done\" :sha256 || nonsense: ERROR: column \"nonsense\" does not exist");
        assertThat(app.query("SELECT count(*) FROM pg_namespace WHERE nspname = 'lo_migrate'"))
                .isEqualTo("0");
        assertThat(app.found()).isEmpty();
    }

    /** "All migrated" must never be said of a bucket that has nothing. */
    @Test
    void stateOfAnotherTargetIsRefusedAndBegunAnewWhenAsked(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE f (id int PRIMARY KEY, o oid)");
        database.execute(
                "INSERT INTO f VALUES (1, " + app.object("1", 1, 10) + "), (2, " + app.object("2", 2, 10) + ")");
        String[] flags = {"--table", "f", "--oid", "t.o", "--object-key", "{id}"};
        assertThat(app.run(flags).exitCode()).isZero();

        var second = app.withAnotherBucket();
        Cli.Result refused = second.run(flags);
        assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(3);
        assertThat(refused.stderr()).contains("bucket " + app.bucket, "bucket " + second.bucket, "--new-target");
        assertThat(second.found()).isEmpty();
        Cli.Result anew = second.run("--table", "f", "--oid", "t.o", "--object-key", "{id}", "--new-target");
        assertThat(anew.exitCode()).as(anew.toString()).isZero();
        assertThat(second.found()).isEqualTo(app.expected());
        assertThat(app.query("SELECT string_agg(bucket, ' ' ORDER BY id) FROM lo_migrate.source"))
                .isEqualTo(app.bucket + " " + second.bucket);
        assertThat(app.run(flags).exitCode())
                .as("the first state is still there")
                .isZero();
    }

    /** Their first insert would stop a subscriber. */
    @Test
    void publicationOfAllTablesIsRefusedUnlessConfirmed(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE f (id int PRIMARY KEY, o oid); CREATE PUBLICATION everything FOR ALL TABLES");
        database.execute("INSERT INTO f VALUES (1, " + app.object("1", 1, 10) + ")");
        Cli.Result refused = app.run("--table", "f", "--oid", "t.o", "--object-key", "{id}");
        assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(3);
        assertThat(refused.stderr()).contains("publication everything", "--state-published");
        assertThat(app.query("SELECT count(*) FROM pg_namespace WHERE nspname = 'lo_migrate'"))
                .isEqualTo("0");
        Cli.Result confirmed = app.run("--table", "f", "--oid", "t.o", "--object-key", "{id}", "--state-published");
        assertThat(confirmed.exitCode()).as(confirmed.toString()).isZero();
        assertThat(app.found()).isEqualTo(app.expected());
    }

    /** Tables in which somebody else could make a purge believe that rows are done. */
    @Test
    void stateWithTriggersIsNotTrusted(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute(
                "CREATE TABLE f (id int PRIMARY KEY, o oid); INSERT INTO f VALUES (1, " + app.object("1", 1, 10) + ")");
        String[] flags = {"--table", "f", "--oid", "t.o", "--object-key", "{id}"};
        assertThat(app.run(flags).exitCode()).isZero();
        database.execute("CREATE RULE r AS ON INSERT TO lo_migrate.object_1 DO INSTEAD NOTHING");
        Cli.Result refused = app.run(flags);
        assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(3);
        assertThat(refused.stderr()).contains("lo_migrate.object_1", "rules");
    }

    /** An empty value in the column of the state is none: the row is pending and has failed, and the others are done. */
    @Test
    void stateColumnThatStaysNullFailsItsRow(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE f (id int PRIMARY KEY, o oid, url varchar(200), n int)");
        for (int i = 1; i <= 5; i++) {
            database.execute("INSERT INTO f VALUES (" + i + ", " + app.object(Integer.toString(i), i, 10) + ", NULL, "
                    + i + ")");
        }
        Cli.Result result = app.run(
                "--table", "f",
                "--oid", "t.o",
                "--object-key", "{id}",
                "--set", "url=CASE WHEN t.n <> 3 THEN :key END",
                "--state", "column:url");
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr()).contains("NOT_COMMITTED", "leaves the column of the state NULL");
        assertThat(app.query("SELECT string_agg(url, ' ' ORDER BY id) FROM f")).isEqualTo("1 2 4 5");
    }

    /** A role with no more rights than it needs: what it may not create, a DBA creates by the printed script. */
    @Test
    void roleThatMayNotCreateRunsAfterTheScriptOfDdl(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        String role = Sessions.createRole(database);
        database.execute("CREATE TABLE f (id int PRIMARY KEY, o oid); GRANT SELECT ON f TO " + role);
        for (int i = 1; i <= 3; i++) {
            long oid = app.object(Integer.toString(i), i, 10);
            database.execute("INSERT INTO f VALUES (" + i + ", " + oid + "); GRANT SELECT ON LARGE OBJECT " + oid
                    + " TO " + role);
        }
        String[] flags = {
            "--pg-url",
            database.url().replaceFirst("//[^@]*@", "//" + role + ":" + role + "@"),
            "--table",
            "f",
            "--oid",
            "t.o",
            "--object-key",
            "{id}"
        };
        Cli.Result refused = app.run(flags);
        assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(3);
        assertThat(refused.stderr()).contains("may not create", "lo-migrate profiles --ddl");

        Cli.Result script = app.profiles("--ddl", flags);
        assertThat(script.exitCode()).as(script.toString()).isZero();
        database.execute(script.stdout());

        Cli.Result result = app.run(flags);
        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(app.found()).isEqualTo(app.expected());
        assertThat(app.query("SELECT count(*) FROM lo_migrate.object_1")).isEqualTo("3");
        assertThat(app.query("SELECT nextval(pg_get_serial_sequence('lo_migrate.source', 'id'))"))
                .isEqualTo("2");
    }

    /** A trigger that lets no row pass: a trial finds out, before anything is uploaded. */
    @Test
    void whatCannotBeSetIsFoundOutBeforeAnUpload(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE f (id int PRIMARY KEY, o oid, url text CHECK (url LIKE 'https:%'))");
        for (int i = 1; i <= 30; i++) {
            database.execute("INSERT INTO f VALUES (" + i + ", " + app.object("" + i, i, 10) + ", NULL)");
        }
        Cli.Result refused = app.run("--table", "f", "--oid", "t.o", "--object-key", "{id}", "--set", "url=:key");
        assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(3);
        assertThat(refused.stderr())
                .contains("what is to be set could not be written to any of 20 rows", "f_url_check");
        assertThat(app.found()).isEmpty();
        assertThat(app.query("SELECT count(*) FROM lo_migrate.object_1")).isEqualTo("0");

        Cli.Result result =
                app.run("--table", "f", "--oid", "t.o", "--object-key", "{id}", "--set", "url='https://s3/' || :key");
        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(app.query("SELECT count(*) FROM f WHERE url = 'https://s3/' || id"))
                .isEqualTo("30");
    }

    /** Each with a state of its own; their failures are in one file; the worst end counts. */
    @Test
    void severalSourcesRunOneAfterTheOther(SourceDatabase database, S3Server s3, @TempDir Path temp) throws Exception {
        var app = new Application(database, s3);
        List<String> files = new ArrayList<>();
        for (String table : List.of("f", "g", "h")) {
            database.execute("CREATE TABLE " + table + " (id int PRIMARY KEY, o oid)");
            for (int i = 1; i <= 3; i++) {
                database.execute("INSERT INTO " + table + " VALUES (" + i + ", "
                        + app.object(table + "/" + i, table.charAt(0) + i, 10) + ")");
            }
            Path file = temp.resolve(table + ".conf");
            Files.writeString(file, "--table " + table + "\n--oid t.o\n--object-key " + table + "/{id}\n");
            files.add("@" + file);
        }
        database.execute("INSERT INTO f VALUES (4, NULL); INSERT INTO h VALUES (4, 7)");
        Path common = temp.resolve("common.conf");
        Path failures = temp.resolve("failures");
        Files.writeString(common, "--failures " + failures + "\n");

        Cli.Result result = app.run(files.get(0), "@" + common, files.get(1), files.get(2));

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
        assertThat(app.found()).isEqualTo(app.expected());
        assertThat(result.stdout()).contains("source 1 of 3: " + files.get(0), "source 3 of 3: " + files.get(2));
        assertThat(result.stderr())
                .contains(
                        files.get(0) + ": 1 objects failed", files.get(1) + ": all migrated", files.get(2) + ": 1 obj");
        assertThat(Files.readAllLines(failures)).hasSize(2).first().asString().contains("INVALID_OID");
        assertThat(app.query("SELECT count(*) FROM lo_migrate.source")).isEqualTo("3");
    }

    /** A first try with some rows; the run after it, without the restriction, takes the rest. */
    @Test
    void canariesAreChosenBySizeAndByKey(SourceDatabase database, S3Server s3, @TempDir Path temp) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE f (id int, part text, o oid, n int, PRIMARY KEY (id, part))");
        for (int i = 1; i <= 8; i++) {
            database.execute("INSERT INTO f VALUES (" + i + ", 'it''s " + i + "', " + app.object("f/" + i, i, 100 * i)
                    + ", " + 100 * i + ")");
        }
        String[] flags = {"--table", "f", "--oid", "t.o", "--size", "t.n", "--object-key", "f/{id}"};
        List<String> bySize = new ArrayList<>(List.of(flags));
        bySize.addAll(List.of("--min-size", "300", "--max-size", "400", "--where", "t.id > 0 OR t.id < 0"));
        Cli.Result middle = app.run(bySize.toArray(String[]::new));
        assertThat(middle.exitCode()).as(middle.toString()).isZero();
        assertThat(app.found()).containsOnlyKeys("f/3", "f/4");

        Path keys = temp.resolve("keys");
        Files.writeString(keys, "7\tit's 7\n1\tit's 1\n1\tit's 7\n");
        List<String> byKey = new ArrayList<>(List.of(flags));
        byKey.addAll(List.of("--keys-from", keys.toString()));
        Cli.Result some = app.run(byKey.toArray(String[]::new));
        assertThat(some.exitCode()).as(some.toString()).isZero();
        assertThat(some.stderr()).contains("1 of the 3 keys of --keys-from have no row");
        assertThat(app.found()).containsOnlyKeys("f/1", "f/3", "f/4", "f/7");

        Files.writeString(keys, "x\ty\n");
        Cli.Result wrong = app.run(byKey.toArray(String[]::new));
        assertThat(wrong.exitCode()).as(wrong.toString()).isEqualTo(3);
        assertThat(wrong.stderr()).contains("--keys-from: ", "invalid input syntax for type integer: \"x\"");
        Files.writeString(keys, "1\n");
        Cli.Result few = app.run(byKey.toArray(String[]::new));
        assertThat(few.exitCode()).as(few.toString()).isEqualTo(3);
        assertThat(few.stderr()).contains("--keys-from has a line without a value for each column of the key");

        Cli.Result rest = app.run(flags);
        assertThat(rest.exitCode()).as(rest.toString()).isZero();
        assertThat(app.found()).isEqualTo(app.expected());
    }

    /** What another transaction has locked is left for later, without a wait, and the rest is done. */
    @Test
    void lockedRowIsNotWaitedFor(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute(
                "CREATE TABLE f (id int PRIMARY KEY, o oid, d int); CREATE TABLE g (id int PRIMARY KEY, url text)");
        for (int i = 1; i <= 4; i++) {
            database.execute("INSERT INTO f VALUES (" + i + ", " + app.object("" + i, i, 10) + ", " + i + ");"
                    + " INSERT INTO g VALUES (" + i + ")");
        }
        String[] flags = {
            "--table",
            "f",
            "--join",
            "JOIN g ON g.id = t.d",
            "--oid",
            "t.o",
            "--object-key",
            "{id}",
            "--set",
            "g.url=:key"
        };
        try (var other = database.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("UPDATE g SET url = 'x' WHERE id = 2");
            Cli.Result result = app.run(flags);
            assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
            assertThat(result.stderr()).contains("another transaction has locked this row");
            other.rollback();
        }
        assertThat(app.query("SELECT string_agg(url, ' ' ORDER BY id) FROM g")).isEqualTo("1 3 4");
        Cli.Result rest = app.run(flags);
        assertThat(rest.exitCode()).as(rest.toString()).isZero();
        assertThat(app.query("SELECT string_agg(url, ' ' ORDER BY id) FROM g")).isEqualTo("1 2 3 4");
    }

    /** Rows of the join are found by their addresses, so it must be the right table: one of its name is in the search path. */
    @Test
    void joinedTableIsTheOneThatIsMeantAndNoPartitionedOne(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE SCHEMA \"My Docs\"; CREATE TABLE f (id int PRIMARY KEY, o oid);"
                + " CREATE TABLE public.doc (id int, url text); CREATE TABLE \"My Docs\".doc (id int, url text);"
                + " CREATE TABLE parts (id int, url text) PARTITION BY RANGE (id);"
                + " CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (0) TO (2);"
                + " CREATE TABLE part2 PARTITION OF parts FOR VALUES FROM (2) TO (9)");
        for (int i = 1; i <= 3; i++) {
            database.execute("INSERT INTO f VALUES (" + i + ", " + app.object("" + i, i, 10)
                    + "); INSERT INTO parts VALUES (" + i + "); INSERT INTO \"My Docs\".doc VALUES (" + i
                    + "); INSERT INTO public.doc VALUES (" + -i + ")");
        }
        Cli.Result refused = app.run(
                "--table",
                "f",
                "--join",
                "JOIN parts d ON d.id = t.id",
                "--oid",
                "t.o",
                "--object-key",
                "{id}",
                "--set",
                "d.url=:key");
        assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(3);
        assertThat(refused.stderr()).contains("--set d.\"url\": d is no plain table");
        Cli.Result result = app.run(
                "--table",
                "f",
                "--join",
                "JOIN \"My Docs\".doc d ON d.id = t.id",
                "--oid",
                "t.o",
                "--object-key",
                "{id}",
                "--set",
                "d.url=:key");
        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(app.query("SELECT string_agg(url, ' ' ORDER BY id) FROM \"My Docs\".doc"))
                .isEqualTo("1 2 3");
        assertThat(app.query("SELECT count(url) FROM public.doc")).isEqualTo("0");
    }
}
