package ch.tocco.lomigrate.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.tocco.lomigrate.testkit.checks.BucketInspector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The server refuses wrong keys, and the inspector hashes what is really stored. */
@Tag("slow")
final class EmbeddedS3Test {
    private static EmbeddedS3 server;

    @BeforeAll
    static void start() throws Exception {
        server = EmbeddedS3.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Test
    void refusesWrongSecretAndUnknownKey() {
        String bucket = server.createBucket();
        assertRefused(new BucketInspector(server.endpoint(), server.accessKey(), "wrong", bucket));
        assertRefused(new BucketInspector(server.endpoint(), "nobody", server.secretKey(), bucket));
    }

    private static void assertRefused(BucketInspector inspector) {
        try (inspector) {
            assertThatThrownBy(inspector::keys)
                    .isInstanceOfSatisfying(
                            S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
        }
    }

    /** More than the thousand that a page has. */
    @Test
    void allKeysAreListedAtOnce() {
        String bucket = server.createBucket();
        try (var inspector = server.inspect(bucket)) {
            for (int i = 0; i < 1001; i++) {
                inspector.put("k" + i, new byte[0], "text/plain", Map.of());
            }
            assertThat(server.keys(bucket)).hasSize(1001).containsAll(inspector.keys());
        }
    }

    @Test
    void inspectorTellsWhatIsStored() {
        try (var inspector = server.inspect(server.createBucket())) {
            assertThat(inspector.keys()).isEmpty();
            byte[] body = "abc".getBytes(StandardCharsets.US_ASCII);
            inspector.put("k", body, "text/plain", Map.of("oid", "7"));

            var stored = inspector.read("k");

            assertThat(inspector.keys()).containsExactly("k");
            assertThat(inspector.bytes("k")).isEqualTo(body);
            assertThat(stored.size()).isEqualTo(3);
            assertThat(stored.sha1()).isEqualTo("a9993e364706816aba3e25717850c26c9cd0d89d");
            assertThat(stored.sha256()).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
            assertThat(stored.contentType()).isEqualTo("text/plain");
            assertThat(stored.metadata()).containsEntry("oid", "7");
            assertThat(inspector.openUploads()).isEmpty();
        }
    }

    @Test
    void inspectorListsMoreThanOnePageOfKeysAndOpenUploads() {
        try (var inspector = server.inspect(server.createBucket())) {
            for (int i = 0; i < 1005; i++) {
                inspector.put("key-" + i, new byte[0], "text/plain", Map.of());
            }
            inspector.beginUpload("half");

            assertThat(inspector.keys()).hasSize(1005);
            assertThat(inspector.openUploads()).containsExactly("half");
        }
    }

    @Test
    void keepsObjectsInFolder(@TempDir Path folder) throws Exception {
        try (var inFolder = EmbeddedS3.start(folder);
                var inspector = inFolder.inspect(inFolder.createBucket())) {
            inspector.put("k", new byte[70_000], "x/y", Map.of("sha1", "1"));
            assertThat(inspector.read("k").size()).isEqualTo(70_000);
            assertThat(inspector.read("k").metadata()).containsEntry("sha1", "1");
        }
    }
}
