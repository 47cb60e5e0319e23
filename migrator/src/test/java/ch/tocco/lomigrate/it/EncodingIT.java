package ch.tocco.lomigrate.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.checks.BucketInspector;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.data.SourceRow;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that the database's encoding does not have stop no listing. */
@ExtendWith(Backends.class)
@Tag("slow")
final class EncodingIT {
    @ParameterizedTest
    @ValueSource(strings = {"SQL_ASCII", "WIN1252"})
    void strayByteFailsTheRowThatNeedsItAndNoOther(
            String encoding, SourceDatabase database, S3Server s3, @TempDir Path spill) throws Exception {
        SourceRow good = database.insertGenerated(1, 100, "text/plain");
        SourceRow oddType = database.insertGenerated(2, 100, "text/plain");
        SourceRow oddHash = database.insertGenerated(3, 100, "text/plain");
        // what was ASCII so far is the same in any of these
        database.execute("UPDATE pg_database SET encoding = pg_char_to_encoding('" + encoding
                + "') WHERE datname = current_database()");
        // 81 is no character of Windows-1252, and no UTF-8
        String stray = "convert_from('\\x78812f79', '" + encoding + "')";
        database.execute(
                "UPDATE _nice_binary SET mime_type = " + stray + " WHERE data = " + oddType.oid() + "::text::oid");
        database.execute("UPDATE _nice_binary SET hash = " + stray + " WHERE data = " + oddHash.oid() + "::text::oid");
        String bucket = s3.createBucket();

        Cli.Result result = Cli.migrating(database, s3, bucket)
                .inThisJvm()
                .arguments(List.of("--spill-dir", spill.toString()))
                .run(Duration.ofMinutes(1));

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
        assertThat(result.stderr()).contains("MALFORMED_HASH oid " + oddHash.oid());
        assertThat(database.query("SELECT count(*)::text FROM _nice_binary WHERE sha2 IS NULL"))
                .contains("1");
        try (var inspector = new BucketInspector(s3.endpoint(), s3.accessKey(), s3.secretKey(), bucket)) {
            assertThat(inspector.keys()).hasSize(2).allSatisfy(key -> {
                BucketInspector.StoredObject stored = inspector.read(key);
                assertThat(stored.sha256()).isEqualTo(key);
                assertThat(stored.contentType())
                        .isEqualTo(stored.sha1().equals(good.hash()) ? "text/plain" : "application/octet-stream");
            });
        }
    }
}
