package ch.tocco.lomigrate.cli;

import static ch.tocco.lomigrate.testkit.wire.ScriptedS3.error;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bucket whose objects are locked by default: AWS takes an object or part only with a checksum, which for parts must be
 * announced at the beginning and repeated at the end (Amazon S3 API reference, CreateMultipartUpload).
 */
@ExtendWith(Backends.class)
@Timeout(120)
@Tag("slow")
final class ObjectLockIT {
    private static final String CHECKSUM = "x-amz-checksum-sha256";
    private static final Pattern PART_CHECKSUM = Pattern.compile("<ChecksumSHA256>([^<]+)</ChecksumSHA256>");

    private final List<String> checksumsOfParts = new CopyOnWriteArrayList<>();

    private byte[] locked(Request request) {
        boolean announced = request.header("x-amz-checksum-algorithm").equals("SHA256");
        return switch (request.operation()) {
            case "PutObject" -> withChecksum(request) ? null : refused();
            case "UploadPart" -> {
                checksumsOfParts.add(request.header(CHECKSUM));
                yield withChecksum(request) ? null : refused();
            }
            case "CreateMultipartUpload" -> announced ? null : refused();
            case "CompleteMultipartUpload" ->
                named(request).equals(checksumsOfParts.stream().sorted().toList()) ? null : refused();
            default -> null;
        };
    }

    /** The checksum is that of the bytes, which the signature has, too. */
    private static boolean withChecksum(Request request) {
        String signed = request.header("x-amz-content-sha256");
        return request.header(CHECKSUM)
                        .equals(Base64.getEncoder()
                                .encodeToString(HexFormat.of().parseHex(signed)))
                && request.header("authorization").contains(CHECKSUM);
    }

    private static List<String> named(Request request) {
        return PART_CHECKSUM
                .matcher(request.text())
                .results()
                .map(found -> found.group(1))
                .sorted()
                .toList();
    }

    private static byte[] refused() {
        return error(
                        "400 Bad Request",
                        "InvalidRequest",
                        "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock"
                                + " parameters")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void objectsAndPartsAreSentWithTheirChecksums(SourceDatabase database, @TempDir Path temp) throws Exception {
        database.insertGenerated(1, 1000, "text/plain");
        database.insertGenerated(2, (5 << 20) + 1, "text/plain");
        try (var store = ScriptedS3.start(this::locked)) {
            var run = InProcess.run(
                    database.url(),
                    store.endpoint().toString(),
                    temp,
                    "--upload-chunk-size",
                    "5120",
                    "--in-mem-max",
                    "100",
                    "--multipart-threshold",
                    "0");
            assertThat(run.exitCode()).as(run.said()).isEqualTo(ExitCode.ALL_MIGRATED);
        }
        assertThat(checksumsOfParts).hasSize(2);
    }

    @Test
    void otherBucketsGetNoChecksums(SourceDatabase database, @TempDir Path temp) throws Exception {
        database.insertGenerated(1, 1000, "text/plain");
        List<Request> withChecksum = new CopyOnWriteArrayList<>();
        Function<Request, byte[]> script = request -> {
            if (request.headers().keySet().stream().anyMatch(name -> name.startsWith("x-amz-checksum"))) {
                withChecksum.add(request);
            }
            return null;
        };
        try (var store = ScriptedS3.start(script)) {
            var run = InProcess.run(database.url(), store.endpoint().toString(), temp);
            assertThat(run.exitCode()).as(run.said()).isEqualTo(ExitCode.ALL_MIGRATED);
        }
        assertThat(withChecksum).isEmpty();
    }
}
