package ch.tocco.lomigrate.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.GeneratedContent;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.security.MessageDigest;
import java.util.Base64;
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
