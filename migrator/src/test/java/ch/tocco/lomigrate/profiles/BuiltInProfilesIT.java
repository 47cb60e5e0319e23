package ch.tocco.lomigrate.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.arguments.Profile;
import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Each built-in profile on the schema of its application: what the bucket holds, what is set, and that a rerun does nothing. */
@ExtendWith(Backends.class)
@Timeout(300)
final class BuiltInProfilesIT {
    @TempDir
    private static Path temp;

    /**
     * lsylvester/active_storage-postgresql @fa5bc8f (0.3.1): the migration has the columns, file.rb joins by the key, and the
     * checksum is an MD5 in base64. rails/rails @2a2db1e8: activestorage/db/migrate/20170806125915 has the columns of the
     * blobs, blob.rb finds the service by service_name, and s3_service.rb the object by the key. Old variants have a file
     * called variants/KEY/… and no blob; Rails makes them anew.
     */
    @Test
    void activeStorageKeepsItsKeysAndNamesItsNewService(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("""
                CREATE TABLE active_storage_blobs (id bigserial PRIMARY KEY, key varchar NOT NULL UNIQUE,
                    filename varchar NOT NULL, content_type varchar, metadata text, service_name varchar NOT NULL,
                    byte_size bigint NOT NULL, checksum varchar, created_at timestamp(6) NOT NULL DEFAULT now());
                CREATE TABLE active_storage_postgresql_files (id bigserial PRIMARY KEY, oid oid, key varchar UNIQUE);
                """);
        database.execute("INSERT INTO active_storage_postgresql_files (oid, key) VALUES ("
                + database.createObject(GeneratedContent.bytes(50, 10)) + ", 'variants/x7f0kqzr9/ab12')");
        for (int i = 0; i < 5; i++) {
            String key = "x7f" + i + "kqzr9";
            long oid = app.object(key, i, 1000 * i);
            database.execute(
                    "INSERT INTO active_storage_postgresql_files (oid, key) VALUES (" + oid + ", '" + key + "')");
            database.execute(
                    "INSERT INTO active_storage_blobs (key, filename, content_type, service_name, byte_size, checksum)"
                            + " VALUES ('" + key + "', 'Jahresbericht Zürich.pdf', 'application/pdf', 'postgresql', "
                            + 1000 * i
                            + ", '" + md5(GeneratedContent.bytes(i, 1000 * i)) + "')");
        }

        Cli.Result result = app.run("--profile", "active-storage");

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(app.found()).isEqualTo(app.expected());
        assertThat(app.query("SELECT count(*) FROM active_storage_blobs WHERE service_name = 'amazon'"))
                .isEqualTo("5");
        assertThat(app.query("SELECT set_before::text FROM lo_migrate.object_1 LIMIT 1"))
                .isEqualTo("{\"b.service_name\": \"postgresql\"}");
        try (var inspector = s3.inspect(app.bucket)) {
            assertThat(inspector.read("x7f3kqzr9").contentType()).isEqualTo("application/pdf");
        }
        assertNothingIsLeft(app, "active-storage");

        database.execute("INSERT INTO active_storage_blobs (key, filename, service_name, byte_size)"
                + " VALUES ('uploaded-since', 'b.pdf', 'amazon', 1)");
        database.execute(statementOf("active-storage"));
        assertThat(app.query("SELECT string_agg(service_name, ' ' ORDER BY id) FROM active_storage_blobs"))
                .as("the way back")
                .isEqualTo("postgresql postgresql postgresql postgresql postgresql amazon");
    }

    private static String md5(byte[] content) throws Exception {
        return Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("MD5").digest(content));
    }

    /**
     * orthanc-mirrors/orthanc-databases @e132ff4: PostgreSQL/Plugins/PostgreSQLStorageArea.cpp makes table and rule.
     * orthanc-mirrors/orthanc-object-storage @613a284 (2.5.4): Common/BaseStorage.cpp has the suffixes; the types are those of
     * OrthancPluginContentType. scripts/try-clients does it with Debian's Orthanc.
     */
    @Test
    void orthancGetsItsSuffixesAndItsTableIsLeftAlone(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("""
                CREATE TABLE StorageArea (uuid VARCHAR NOT NULL PRIMARY KEY, content OID NOT NULL, type INTEGER NOT NULL);
                CREATE RULE StorageAreaDelete AS ON DELETE TO StorageArea DO SELECT lo_unlink(old.content);
                """);
        String[] suffixes = {".unk", ".dcm", ".json", ".dcm.head", ".unk"};
        for (int type = 0; type < suffixes.length; type++) {
            String uuid = "5f0a1c2e-0000-4000-8000-00000000000" + type;
            long oid = app.object(uuid + suffixes[type], type, 500 + type);
            database.execute("INSERT INTO StorageArea VALUES ('" + uuid + "', " + oid + ", " + type + ")");
        }
        String before = app.query("SELECT string_agg(s::text, ';' ORDER BY uuid) FROM StorageArea s");

        Cli.Result result = app.run("--profile", "orthanc");

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(app.found()).isEqualTo(app.expected());
        assertThat(app.query("SELECT string_agg(s::text, ';' ORDER BY uuid) FROM StorageArea s"))
                .isEqualTo(before);
        assertNothingIsLeft(app, "orthanc");
    }

    /**
     * paulcwarren/spring-content @de0d41a1 (3.0.17): spring-content-jpa/…/schema-postgresql.sql makes the table, the same
     * since 1.0.0; DefaultS3StoreImpl finds the object by the content id. scripts/try-clients does it with the libraries.
     * Re-pointed rows are pending again: their former object in the bucket is replaced, but others only with --overwrite.
     */
    @Test
    void springContentStoresByItsIdAndSeesWhatIsRePointed(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE IF NOT EXISTS BLOBS (id SERIAL PRIMARY KEY, content oid);"
                + " ALTER TABLE BLOBS ALTER COLUMN id TYPE VARCHAR(36)");
        for (int i = 0; i < 4; i++) {
            String id = "c0ffee00-0000-4000-8000-00000000000" + i;
            database.execute("INSERT INTO BLOBS VALUES ('" + id + "', " + app.object(id, i, 3_000_000 * (i % 2)) + ")");
        }

        Cli.Result result = app.run("--profile", "spring-content");

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(app.found()).isEqualTo(app.expected());
        assertNothingIsLeft(app, "spring-content");

        String small = "c0ffee00-0000-4000-8000-000000000002";
        String large = "c0ffee00-0000-4000-8000-000000000003";
        database.execute("UPDATE BLOBS SET content = " + app.object(small, 99, 777) + " WHERE id = '" + small + "';"
                + " UPDATE BLOBS SET content = " + app.object(large, 98, 6_000_000) + " WHERE id = '" + large + "'");
        Cli.Result replaced = app.run("--profile", "spring-content", "--multipart-threshold", "5120");
        assertThat(replaced.exitCode()).as(replaced.toString()).isZero();
        assertThat(app.found()).isEqualTo(app.expected());

        byte[] foreign = GeneratedContent.bytes(70, 70);
        try (var inspector = s3.inspect(app.bucket)) {
            inspector.put(small, foreign, "text/plain", Map.of());
        }
        database.execute("UPDATE BLOBS SET content = " + app.object(small, 97, 777) + " WHERE id = '" + small + "'");
        Cli.Result kept = app.run("--profile", "spring-content");
        assertThat(kept.exitCode()).as(kept.toString()).isEqualTo(1);
        assertThat(kept.stderr()).contains("KEY_TAKEN", "--overwrite");
        assertThat(app.found()).containsEntry(small, Digests.of(foreign).sha256());
        Cli.Result overwritten = app.run("--profile", "spring-content", "--overwrite");
        assertThat(overwritten.exitCode()).as(overwritten.toString()).isZero();
        assertThat(app.found()).isEqualTo(app.expected());
    }

    /**
     * liferay/liferay-portal: DLContentModelImpl.java @4d1def95 has the columns and the key, which is contentId alone before
     * 7.3; DBStore.java @aba96ce3 has path and version; PostgreSQLDB.java makes the rules for each oid column. S3Store.java @c06c10e2
     * takes its keys from S3KeyTransformerUtil, which puts a slash in front of the path and takes one at its end away. That
     * store is not ct.aware, so CTStoreRegistrator.java @eb65aa60 has content of publications kept in the table CTSContent.
     */
    @Test
    void liferayGetsTheKeysOfItsS3StoreAndItsRulesUnlinkNothing(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("""
                CREATE TABLE DLContent (mvccVersion bigint DEFAULT 0 NOT NULL, ctCollectionId bigint DEFAULT 0 NOT NULL,
                    contentId bigint NOT NULL, groupId bigint, companyId bigint, repositoryId bigint, path_ varchar(255),
                    version varchar(75), data_ oid, size_ bigint, PRIMARY KEY (contentId, ctCollectionId));
                CREATE RULE delete_DLContent_data_ AS ON DELETE TO DLContent DO ALSO SELECT CASE WHEN EXISTS (SELECT 1
                    FROM pg_catalog.pg_largeobject_metadata WHERE oid = old.data_) THEN lo_unlink(old.data_) END
                    FROM DLContent WHERE DLContent.data_ = old.data_;
                CREATE RULE update_DLContent_data_ AS ON UPDATE TO DLContent WHERE old.data_ IS DISTINCT FROM new.data_
                    AND old.data_ IS NOT NULL DO ALSO SELECT CASE WHEN EXISTS (SELECT 1
                    FROM pg_catalog.pg_largeobject_metadata WHERE oid = old.data_) THEN lo_unlink(old.data_) END
                    FROM DLContent WHERE DLContent.data_ = old.data_;
                """);
        String[] paths = {"/document_library/1/a.pdf", "b.txt", "/c/", "/Zürich 100%.doc", "/e"};
        String[] keys = {"/document_library/1/a.pdf", "/b.txt", "/c", "/Zürich 100%.doc", "/e"};
        for (int i = 0; i < paths.length; i++) {
            long oid = app.object("20097/2012" + i + keys[i] + "/1." + i, i, i == 4 ? 0 : 700 + i);
            database.execute(
                    "INSERT INTO DLContent (contentId, groupId, companyId, repositoryId, path_, version, data_,"
                            + " size_) VALUES (" + (100 + i) + ", 1, 20097, 2012" + i + ", '" + paths[i] + "', '1." + i
                            + "', "
                            + oid + ", " + (i == 4 ? 0 : 700 + i) + ")");
        }
        database.execute("INSERT INTO DLContent (contentId, companyId, repositoryId, path_, version)"
                + " VALUES (999, 20097, 1, '/none', '1.0')");
        for (String publication : new String[] {"5", "-5"}) {
            database.execute(
                    "INSERT INTO DLContent (ctCollectionId, contentId, companyId, repositoryId, path_, version, data_,"
                            + " size_) VALUES (" + publication + ", 100, 20097, 20120, '" + paths[0] + "', '1.0', "
                            + database.createObject(GeneratedContent.bytes(60, 10)) + ", 10)");
        }
        String objects = app.query("SELECT count(*) FROM pg_largeobject_metadata");

        Cli.Result result = app.run("--profile", "liferay");

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(app.found()).isEqualTo(app.expected());
        assertThat(app.query("SELECT count(*) FROM pg_largeobject_metadata")).isEqualTo(objects);
        assertNothingIsLeft(app, "liferay");
    }

    /**
     * itpp-labs/misc-addons: attachment_large_object/ir_attachment.py @00499dbc writes the oid as text; a fork puts dblo: in
     * front. camptocamp/odoo-cloud-platform: attachment_s3/models/ir_attachment.py @03bff76f reads s3://bucket/key. The other
     * columns are those of odoo/odoo: odoo/addons/base/models/ir_attachment.py @fc5f31b5.
     */
    @Test
    void odooNamesBucketAndKeyWhereItHadTheNumber(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("""
                CREATE TABLE ir_attachment (id serial PRIMARY KEY, name varchar NOT NULL, type varchar NOT NULL,
                    db_datas bytea, store_fname varchar, file_size integer, checksum varchar(40), mimetype varchar);
                """);
        String sameContent = sha1(7, 300);
        for (int i = 1; i <= 4; i++) {
            int seed = i == 3 ? 7 : i + 6; // the third has the content of the first in another object
            long oid = app.object(sha1(seed, 300), seed, 300);
            attachment(database, "Übersicht " + i, (i % 2 == 0 ? "dblo:" : "") + oid, sha1(seed, 300));
        }
        long wrong = database.createObject(GeneratedContent.bytes(50, 300));
        attachment(database, "damaged", Long.toString(wrong), sha1(51, 300));
        attachment(database, "on disk", "ab/" + sameContent, sameContent);
        String before = app.query("SELECT string_agg(store_fname, ' ' ORDER BY id) FROM ir_attachment WHERE id <= 4");
        database.execute("INSERT INTO ir_attachment (name, type, db_datas) VALUES ('in the row', 'binary', '\\x00')");

        Cli.Result result = app.run("--profile", "odoo");

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr()).contains("HASH_MISMATCH oid " + wrong);
        assertThat(app.found()).isEqualTo(app.expected());
        assertThat(app.query("SELECT count(*) FROM ir_attachment WHERE store_fname = 's3://" + app.bucket
                        + "/' || checksum"))
                .isEqualTo("4");
        assertThat(app.query("SELECT string_agg(store_fname, ' ' ORDER BY id) FROM ir_attachment WHERE id > 4"))
                .isEqualTo(wrong + " ab/" + sameContent);
        database.execute("DELETE FROM ir_attachment WHERE name = 'damaged'");
        Cli.Result again = app.run("--profile", "odoo");
        assertThat(again.exitCode()).as(again.toString()).isZero();
        assertThat(app.query("SELECT count(*) FROM lo_migrate.object_1")).isEqualTo("4");

        attachment(database, "changed since", "s3://" + app.bucket + "/" + "0".repeat(40), sha1(99, 300));
        database.execute("UPDATE ir_attachment t SET store_fname = n.store_fname FROM ir_attachment n"
                + " WHERE t.id = 1 AND n.name = 'changed since'");
        database.execute(statementOf("odoo"));
        assertThat(app.query("SELECT string_agg(store_fname, ' ' ORDER BY id) FROM ir_attachment WHERE id <= 4"))
                .as("the way back")
                .isEqualTo(
                        "s3://" + app.bucket + "/" + "0".repeat(40) + " " + before.substring(before.indexOf(' ') + 1));
    }

    private static void attachment(SourceDatabase database, String name, String fname, String sha1) throws Exception {
        database.execute("INSERT INTO ir_attachment (name, type, store_fname, file_size, checksum, mimetype) VALUES ('"
                + name + "', 'binary', '" + fname + "', 300, '" + sha1 + "', 'text/plain')");
    }

    private static String sha1(int seed, int size) {
        return Digests.of(GeneratedContent.bytes(seed, size)).sha1();
    }

    /**
     * hapifhir/hapi-fhir: BinaryStorageEntity.java has the columns, @0a97a4ff those up to 7.0; HapiFhirJpaMigrationTasks.java
     * 20240404.4 and .5 (7.2.0) let BLOB_DATA be NULL and add STORAGE_CONTENT_BIN, into which DatabaseBinaryContentStorageSvcImpl
     * puts all that is new; BaseBinaryStorageSvcImpl.createHashingInputStream makes the hash, a SHA-256. Other tables hold
     * oids as text, and are left alone.
     */
    @Test
    void hapiFhirIsCheckedByItsSha256AndKeepsItsRows(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("""
                CREATE TABLE HFJ_BINARY_STORAGE_BLOB (BLOB_ID varchar(200) NOT NULL PRIMARY KEY, BLOB_DATA oid,
                    CONTENT_TYPE varchar(100) NOT NULL, BLOB_HASH varchar(128), PUBLISHED_DATE timestamp(6) NOT NULL,
                    RESOURCE_ID varchar(100) NOT NULL, BLOB_SIZE bigint NOT NULL, STORAGE_CONTENT_BIN bytea);
                CREATE TABLE HFJ_SEARCH (PID bigint PRIMARY KEY, SEARCH_QUERY_STRING text);
                """);
        for (int i = 0; i < 4; i++) {
            String id = "BsJf7W2nzVqXkq0YcR8jHq3sFk1Pd0a" + i;
            long oid = app.object("Patient/17" + i + "/" + id, i, 900 * i);
            String hash = i == 1
                    ? "NULL"
                    : "'" + Digests.of(GeneratedContent.bytes(i, 900 * i)).sha256() + "'";
            database.execute("INSERT INTO HFJ_BINARY_STORAGE_BLOB VALUES ('" + id + "', " + oid + ", 'image/png', "
                    + hash + ", now(), 'Patient/17" + i + "', " + 900 * i + ")");
            database.execute("INSERT INTO HFJ_SEARCH VALUES (" + i + ", '"
                    + database.createObject(GeneratedContent.bytes(90 + i, 10)) + "')");
        }
        database.execute("INSERT INTO HFJ_BINARY_STORAGE_BLOB VALUES ('in-the-row', NULL, 'image/png', NULL, now(),"
                + " 'Patient/1', 1, '\\x00')");
        String before =
                app.query("SELECT md5(string_agg(h::text, ';' ORDER BY BLOB_ID)) FROM HFJ_BINARY_STORAGE_BLOB h");

        Cli.Result result = app.run("--profile", "hapi-fhir");

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(result.stdout()).contains("NOT COMPARED: the size of 0 objects, the checksum of 1 (");
        assertThat(app.found()).isEqualTo(app.expected());
        assertThat(app.query("SELECT md5(string_agg(h::text, ';' ORDER BY BLOB_ID)) FROM HFJ_BINARY_STORAGE_BLOB h"))
                .isEqualTo(before);
        assertNothingIsLeft(app, "hapi-fhir");

        Application rest = app.withAnotherBucket();
        rest.expect("Patient/1/in-the-row", new byte[1]);
        Path newer = Files.writeString(
                temp.resolve("hapi.conf"),
                Profile.text("hapi-fhir")
                        .replaceAll("(?m)^--(where|oid) .*\n", "")
                        .concat(String.join("\n", indented("hapi-fhir")) + "\n"));
        Cli.Result rows = rest.run("@" + newer);
        assertThat(rows.exitCode()).as(rows.toString()).isZero();
        assertThat(rest.found()).isEqualTo(rest.expected());
    }

    /** Hibernate 5 keeps a String in a text column that holds the oid; some rows hold plain text, from before @Lob. */
    @Test
    void hibernateTemplateServesATextColumnThatHoldsOids(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE letter (id bigint PRIMARY KEY, body text)");
        for (int i = 1; i <= 3; i++) {
            database.execute("INSERT INTO letter VALUES (" + i + ", '" + app.object("letter/" + i, i, 400 * i) + "')");
        }
        database.execute("INSERT INTO letter VALUES (4, 'Dear Sir'), (5, NULL)");
        database.createObject(GeneratedContent.bytes(99, 10)); // an orphan: the application never unlinks

        String[] flags = {
            "--profile", "hibernate",
            "--table", "letter",
            "--oid", "t.body",
            "--where", "t.body ~ '^[0-9]+$'",
            "--object-key", "letter/{id}"
        };
        Cli.Result result = app.run(flags);

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(app.found()).isEqualTo(app.expected());
        Cli.Result again = app.run(flags);
        assertThat(again.stdout()).contains("all migrated");
    }

    /**
     * getodk/central-backend @4f5943d1 (after 2026.2): lib/model/migrations 20180125-03, 20180727-02, 20240913-01, 20250113-01,
     * 20250806-01, 20251118-01 and 20260717-01 make the table; lib/external/s3.js names objects blob-{id}-{sha} and uploads none
     * of no bytes, which lib/model/query/blobs.js marks as skipped; for others it sets s3_status and content = NULL in one
     * statement, which migrate leaves alone. Two blobs may have one SHA-1, with two types.
     */
    @Test
    void odkCentralIsCopiedFromItsRows(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("""
                CREATE TYPE S3_UPLOAD_STATUS AS ENUM ('pending', 'uploaded', 'failed', 'skipped');
                CREATE TABLE blobs (id serial PRIMARY KEY, sha varchar(40) NOT NULL, content bytea,
                    "contentType" text NOT NULL DEFAULT 'application/octet-stream', md5 varchar(32) NOT NULL,
                    s3_status S3_UPLOAD_STATUS NOT NULL DEFAULT 'pending', size integer,
                    CONSTRAINT blobs_sha_content_type_unique UNIQUE (sha, "contentType"));
                CREATE INDEX blobs_sha_index ON blobs (sha);
                """);
        for (int i = 1; i <= 6; i++) {
            byte[] content = i == 6 // the same as the first, with another type
                    ? GeneratedContent.bytes(1, 100)
                    : GeneratedContent.bytes(i, i == 5 ? 2_000_000 : 100 * i);
            String sha = Digests.of(content).sha1();
            app.expect("blob-" + i + "-" + sha, content);
            database.execute("INSERT INTO blobs (sha, content, \"contentType\", md5, size) VALUES ('" + sha + "', '\\x"
                    + HexFormat.of().formatHex(content) + "', '" + (i == 6 ? "text/csv" : "image/jpeg") + "', md5('\\x"
                    + HexFormat.of().formatHex(content) + "'::bytea), " + content.length + ")");
        }
        database.execute("INSERT INTO blobs (sha, content, md5, s3_status, size) VALUES ('" + "0".repeat(40)
                + "', '', 'x', 'skipped', 0), ('" + "1".repeat(40) + "', NULL, 'y', 'uploaded', 7)");
        String before = app.query("SELECT md5(string_agg(b::text, ';' ORDER BY id)) FROM blobs b");

        Cli.Result result = app.run("--profile", "odk-central");

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(app.found()).isEqualTo(app.expected());
        assertThat(app.query("SELECT md5(string_agg(b::text, ';' ORDER BY id)) FROM blobs b"))
                .isEqualTo(before);
        try (var inspector = s3.inspect(app.bucket)) {
            assertThat(inspector.read(app.expected().keySet().iterator().next()).contentType())
                    .isEqualTo("image/jpeg");
        }
        assertNothingIsLeft(app, "odk-central");

        database.execute(statementOf("odk-central"));
        assertThat(
                        app.query(
                                "SELECT string_agg(s3_status || coalesce(length(content)::text, '-'), ' ' ORDER BY id) FROM blobs"))
                .as("Central takes the objects for its own")
                .isEqualTo("uploaded- ".repeat(6) + "skipped0 uploaded-");
    }

    /** The statement that docs/profiles.md gives in the section of this profile. */
    private static String statementOf(String profile) throws Exception {
        return String.join("\n", indented(profile));
    }

    /** What that section has as a block of code within a list. */
    private static List<String> indented(String profile) throws Exception {
        String page = Files.readString(Path.of("..", "docs", "profiles.md"));
        String section = page.substring(page.indexOf("\n## " + profile + "\n") + 5);
        return section.substring(0, section.indexOf("\n## "))
                .lines()
                .filter(line -> line.startsWith("        "))
                .map(String::strip)
                .toList();
    }

    private static void assertNothingIsLeft(Application app, String profile) throws Exception {
        String recorded = "SELECT string_agg(object_key || encode(sha256, 'hex') || size, ';' ORDER BY object_key)"
                + " FROM lo_migrate.object_1";
        String before = app.query(recorded);
        Cli.Result again = app.run("--profile", profile);
        assertThat(again.exitCode()).as(again.toString()).isZero();
        assertThat(again.stdout()).contains("all migrated");
        assertThat(app.query(recorded)).isEqualTo(before);
        assertThat(before.split(";")).hasSize(app.expected().size());
    }
}
