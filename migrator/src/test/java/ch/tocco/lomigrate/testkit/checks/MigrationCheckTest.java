package ch.tocco.lomigrate.testkit.checks;

import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.data.Digests;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.data.SourceRow;
import ch.tocco.lomigrate.testkit.servers.Backends;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The check finds each single thing that can go wrong, and nothing where all is well. */
@ExtendWith(Backends.class)
@Tag("slow")
final class MigrationCheckTest {
    private static final byte[] CONTENT = "abc".getBytes(StandardCharsets.US_ASCII);
    private static final Digests DIGESTS = Digests.of(CONTENT);

    @Test
    void findsNothingWhereAllIsWell(SourceDatabase database, BucketInspector bucket) throws Exception {
        var row = database.insert(CONTENT, "text/plain");
        database.insertRow(new SourceRow("no hash", 3L, null, row.oid(), null));
        var check = MigrationCheck.before(database);
        assertThat(check.changes(bucket)).isEmpty();
        assertThat(check.problems(bucket)).hasSize(2);

        migrate(database, bucket, row, CONTENT, "text/plain", Map.of());

        assertThat(check.problems(bucket)).isEmpty();
        assertThat(check.changes(bucket)).hasSize(2);
        assertThat(check.good()).isEqualTo(1);
        assertThat(check.failures()).containsExactly(Map.entry("MALFORMED_HASH", 1));
        assertThat(check.failingHashes()).containsExactly("no hash");
    }

    @Test
    void findsWrongBytesTypeAndMetadata(SourceDatabase database, BucketInspector bucket) throws Exception {
        var row = database.insert(CONTENT, null);
        var check = MigrationCheck.before(database);
        byte[] other = "abd".getBytes(StandardCharsets.US_ASCII);

        migrate(database, bucket, row, other, "text/plain", Map.of("oid", "0", "sha1", "0", "sha256", "0", "x", "y"));

        assertThat(check.problems(bucket)).hasSize(6);
    }

    @Test
    void findsWhatDoesNotBelongThere(SourceDatabase database, BucketInspector bucket) throws Exception {
        var row = database.insert(CONTENT, "text/plain");
        var missing = database.insertGenerated(1, 10, "text/plain");
        database.execute("SELECT lo_unlink(" + missing.oid() + ")");
        var check = MigrationCheck.before(database);
        migrate(database, bucket, row, CONTENT, "text/plain", Map.of());
        bucket.put("surplus", CONTENT, "text/plain", Map.of());
        bucket.beginUpload("half");
        database.execute("UPDATE _nice_binary SET sha2 = repeat('0', 64) WHERE data = " + missing.oid());

        assertThat(check.problems(bucket))
                .hasSize(3)
                .anySatisfy(problem -> assertThat(problem).contains("surplus"))
                .anySatisfy(problem -> assertThat(problem).contains("half"))
                .anySatisfy(problem -> assertThat(problem).contains(missing.hash()));
    }

    @Test
    void findsRowsThatWereChangedOrDeleted(SourceDatabase database, BucketInspector bucket) throws Exception {
        var row = database.insert(CONTENT, "text/plain");
        var check = MigrationCheck.before(database);
        migrate(database, bucket, row, CONTENT, "text/plain", Map.of());
        database.execute("UPDATE _nice_binary SET mime_type = 'x'");
        assertThat(check.problems(bucket)).hasSize(1);
        database.execute("DELETE FROM _nice_binary");
        assertThat(check.problems(bucket)).hasSize(1);
    }

    private static void migrate(
            SourceDatabase database,
            BucketInspector bucket,
            SourceRow row,
            byte[] body,
            String type,
            Map<String, String> otherMetadata)
            throws Exception {
        var metadata = new HashMap<>(Map.of(
                "sha1", row.hash(), "sha256", DIGESTS.sha256(), "oid", row.oid().toString()));
        metadata.putAll(otherMetadata);
        bucket.put(DIGESTS.sha256(), body, type, metadata);
        database.execute(
                "UPDATE _nice_binary SET sha2 = '%s' WHERE hash = '%s'".formatted(DIGESTS.sha256(), row.hash()));
    }
}
