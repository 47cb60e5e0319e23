package ch.tocco.lomigrate.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each built-in profile on the schema of its application: what the bucket holds, what is set, and that a rerun does nothing. */
@ExtendWith(Backends.class)
@Timeout(300)
final class BuiltInProfilesIT {
    /** lsylvester/active_storage-postgresql: the key joins both tables; the checksum is an MD5 in base64. */
    @Test
    void activeStorageKeepsItsKeysAndNamesItsNewService(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("""
                CREATE TABLE active_storage_blobs (id bigserial PRIMARY KEY, key varchar NOT NULL UNIQUE,
                    filename varchar NOT NULL, content_type varchar, metadata text, service_name varchar NOT NULL,
                    byte_size bigint NOT NULL, checksum varchar, created_at timestamp NOT NULL DEFAULT now());
                CREATE TABLE active_storage_postgresql_files (id bigserial PRIMARY KEY, oid oid, key varchar UNIQUE);
                """);
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
    }

    private static String md5(byte[] content) throws Exception {
        return Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("MD5").digest(content));
    }

    /** orthanc-mirrors: StorageArea is not quoted there; a rule unlinks what is deleted; the type makes the suffix. */
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

    /** Re-pointed rows are pending again: their object in the bucket is another one, which only --overwrite replaces. */
    @Test
    void springContentStoresByItsIdAndSeesWhatIsRePointed(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("CREATE TABLE BLOBS (id varchar(36) PRIMARY KEY, content oid)");
        for (int i = 0; i < 4; i++) {
            String id = "c0ffee00-0000-4000-8000-00000000000" + i;
            database.execute("INSERT INTO BLOBS VALUES ('" + id + "', " + app.object(id, i, 3_000_000 * (i % 2)) + ")");
        }

        Cli.Result result = app.run("--profile", "spring-content");

        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(app.found()).isEqualTo(app.expected());
        assertNothingIsLeft(app, "spring-content");

        String id = "c0ffee00-0000-4000-8000-000000000002";
        database.execute("UPDATE BLOBS SET content = " + app.object(id, 99, 777) + " WHERE id = '" + id + "'");
        Cli.Result kept = app.run("--profile", "spring-content");
        assertThat(kept.exitCode()).as(kept.toString()).isEqualTo(1);
        assertThat(kept.stderr()).contains("KEY_TAKEN", "--overwrite");
        Cli.Result replaced = app.run("--profile", "spring-content", "--overwrite");
        assertThat(replaced.exitCode()).as(replaced.toString()).isZero();
        assertThat(app.found()).isEqualTo(app.expected());
    }

    /**
     * liferay/liferay-portal: modules/apps/portal-store/portal-store-db/…/DBStore.java @aba96ce3; columns of DLContent in the
     * portal's create-postgresql script; S3KeyTransformerImpl of portal-store-s3 puts a slash in front of the path and takes
     * one at its end away. The rules are those that the portal creates for each oid column.
     */
    @Test
    void liferayGetsTheKeysOfItsS3StoreAndItsRulesUnlinkNothing(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("""
                CREATE TABLE DLContent (mvccVersion bigint DEFAULT 0 NOT NULL, contentId bigint NOT NULL PRIMARY KEY,
                    groupId bigint, companyId bigint, repositoryId bigint, path_ varchar(255), version varchar(75),
                    data_ oid, size_ bigint);
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
        assertThat(app.query("SELECT count(*) FROM lo_migrate.object_1 JOIN pg_largeobject_metadata m USING (oid)"
                        + " WHERE set_before ->> 't.store_fname' IN (m.oid::text, 'dblo:' || m.oid)"))
                .as("the way back")
                .isEqualTo("4");
        database.execute("DELETE FROM ir_attachment WHERE name = 'damaged'");
        Cli.Result again = app.run("--profile", "odoo");
        assertThat(again.exitCode()).as(again.toString()).isZero();
        assertThat(app.query("SELECT count(*) FROM lo_migrate.object_1")).isEqualTo("4");
    }

    private static void attachment(SourceDatabase database, String name, String fname, String sha1) throws Exception {
        database.execute("INSERT INTO ir_attachment (name, type, store_fname, file_size, checksum, mimetype) VALUES ('"
                + name + "', 'binary', '" + fname + "', 300, '" + sha1 + "', 'text/plain')");
    }

    private static String sha1(int seed, int size) {
        return Digests.of(GeneratedContent.bytes(seed, size)).sha1();
    }

    /**
     * hapifhir/hapi-fhir: hapi-fhir-jpaserver-model/…/entity/BinaryStorageEntity.java @0a97a4ff has the columns; the hash is the
     * SHA-256 of BaseBinaryStorageSvcImpl.createHashingInputStream. Other tables hold oids as text, and are left alone.
     */
    @Test
    void hapiFhirIsCheckedByItsSha256AndKeepsItsRows(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("""
                CREATE TABLE HFJ_BINARY_STORAGE_BLOB (BLOB_ID varchar(200) NOT NULL PRIMARY KEY, BLOB_DATA oid,
                    CONTENT_TYPE varchar(100) NOT NULL, BLOB_HASH varchar(128), PUBLISHED_DATE timestamp NOT NULL,
                    RESOURCE_ID varchar(100) NOT NULL, BLOB_SIZE integer, STORAGE_CONTENT_BIN bytea);
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
     * getodk/central-backend: lib/external/s3.js @0155a2fe names objects blob-{id}-{sha} and uploads none of no bytes;
     * lib/model/query/blobs.js sets s3_status and content = NULL afterwards, which migrate leaves alone.
     */
    @Test
    void odkCentralIsCopiedFromItsRows(SourceDatabase database, S3Server s3) throws Exception {
        var app = new Application(database, s3);
        database.execute("""
                CREATE TYPE s3_upload_status AS ENUM ('pending', 'uploaded', 'failed', 'in_progress');
                CREATE TABLE blobs (id serial PRIMARY KEY, sha varchar(40) NOT NULL UNIQUE, content bytea,
                    "contentType" text, md5 varchar(32) NOT NULL, s3_status s3_upload_status NOT NULL DEFAULT 'pending');
                """);
        for (int i = 1; i <= 5; i++) {
            byte[] content = GeneratedContent.bytes(i, i == 5 ? 2_000_000 : 100 * i);
            String sha = Digests.of(content).sha1();
            app.expect("blob-" + i + "-" + sha, content);
            database.execute("INSERT INTO blobs (sha, content, \"contentType\", md5) VALUES ('" + sha + "', '\\x"
                    + HexFormat.of().formatHex(content) + "', 'image/jpeg', md5('\\x"
                    + HexFormat.of().formatHex(content) + "'::bytea))");
        }
        database.execute("INSERT INTO blobs (sha, content, md5) VALUES ('" + "0".repeat(40) + "', '', 'x'), ('"
                + "1".repeat(40) + "', NULL, 'y')");
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
