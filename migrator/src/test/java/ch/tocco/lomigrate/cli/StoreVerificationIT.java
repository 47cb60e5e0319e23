package ch.tocco.lomigrate.cli;

import static ch.tocco.lomigrate.testkit.wire.ScriptedS3.answer;
import static ch.tocco.lomigrate.testkit.wire.ScriptedS3.error;
import static org.assertj.core.api.Assertions.assertThat;

import ch.tocco.lomigrate.testkit.Cli;
import ch.tocco.lomigrate.testkit.data.SourceDatabase;
import ch.tocco.lomigrate.testkit.servers.Backends;
import ch.tocco.lomigrate.testkit.servers.S3Server;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3;
import ch.tocco.lomigrate.testkit.wire.ScriptedS3.Request;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stores that take bytes other than those signed, as moto, S3Mock, s3rver and {@code rclone serve s3} do: no hash of an
 * object that such a store has lost reaches a row.
 */
@ExtendWith(Backends.class)
@Timeout(120)
@Tag("slow")
final class StoreVerificationIT {
    private static final String EMPTY_MD5 = "d41d8cd98f00b204e9800998ecf8427e";
    private static final String WARNING = "verifies nothing";

    private final List<Request> probes = new CopyOnWriteArrayList<>();

    private record Outcome(int exit, String said) {}

    private Outcome run(SourceDatabase database, Path temp, Function<Request, byte[]> script, String... flags)
            throws Exception {
        Function<Request, byte[]> seen = request -> {
            if (request.isProbe()) {
                probes.add(request);
            }
            return script.apply(request);
        };
        try (var store = ScriptedS3.start(seen)) {
            Path failures = temp.resolve("failures");
            var run = Cli.migrating(database, store, "nice-bin")
                    .inThisJvm()
                    .arguments(List.of("--failures", failures.toString()))
                    .arguments(List.of(flags))
                    .run(Duration.ofSeconds(100));
            return new Outcome(run.exitCode(), run.stderr());
        }
    }

    private static byte[] bytes(String answer) {
        return answer.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] taken(String etag) {
        return bytes(answer("200 OK", "ETag: \"" + etag + "\"\r\n", ""));
    }

    private static boolean hasContent(Request request) {
        return request.operation().equals("PutObject") || request.operation().equals("UploadPart");
    }

    /** Takes all and says the MD5 of what it got, as moto does; what a form brings it loses. */
    private static byte[] takesAll(Request request) {
        boolean lost = request.header("content-type").startsWith("multipart/form-data")
                || request.header("content-type").equals("application/x-www-form-urlencoded");
        return hasContent(request) ? taken(lost ? EMPTY_MD5 : request.md5()) : null;
    }

    private List<String> probesSeen() {
        return probes.stream()
                .map(probe -> probe.operation()
                        + (probe.asSigned() ? "" : " wrong")
                        + probe.path().replaceFirst(".*-probe-[0-9TZ]+-[0-9a-f]{8}", ""))
                .toList();
    }

    private static String marked(SourceDatabase database) throws Exception {
        return database.query("SELECT count(sha2)::text FROM _nice_binary").orElseThrow();
    }

    @Test
    void realStoreIsTrustedWithoutAWord(SourceDatabase database, S3Server s3, @TempDir Path temp) throws Exception {
        database.insertGenerated(1, 1000, "text/plain");
        var run = Cli.migrating(database, s3, s3.createBucket()).inThisJvm().run(Duration.ofSeconds(60));
        assertThat(run.exitCode()).as(run.toString()).isZero();
        assertThat(run.stderr()).doesNotContain("verif");
    }

    @Test
    void storeThatVerifiesIsTriedTwiceAndNothingIsLeft(SourceDatabase database, @TempDir Path temp) throws Exception {
        database.insertGenerated(1, 1000, "text/plain");
        var run = run(database, temp, request -> null);
        assertThat(run.exit()).as(run.said()).isEqualTo(ExitCode.ALL_MIGRATED.number());
        assertThat(run.said()).doesNotContain(WARNING);
        assertThat(probesSeen())
                .startsWith(
                        "PutObject",
                        "PutObject wrong-1",
                        "PutObject-2",
                        "DeleteObject-2",
                        "PutObject wrong-3",
                        "DeleteObject");
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/form-data; boundary=x", "application/x-www-form-urlencoded"})
    void objectThatTheStoreHasLostIsNotMarked(String type, SourceDatabase database, @TempDir Path temp)
            throws Exception {
        database.insertGenerated(1, 1000, "text/plain");
        var lost = database.insertGenerated(2, 1000, type);
        var run = run(database, temp, StoreVerificationIT::takesAll);
        assertThat(run.exit()).as(run.said()).isEqualTo(ExitCode.OBJECTS_FAILED.number());
        assertThat(run.said())
                .contains(WARNING)
                .contains("oid " + lost.oid())
                .contains("the store has other bytes than were sent");
        assertThat(database.query("SELECT mime_type FROM _nice_binary WHERE sha2 IS NULL"))
                .contains(type);
        assertThat(marked(database)).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PutObject", "UploadPart"})
    void giantWhoseBytesArriveOtherwiseIsNotMarked(String operation, SourceDatabase database, @TempDir Path temp)
            throws Exception {
        database.insertGenerated(1, (5 << 20) + 1, "text/plain");
        String threshold = operation.equals("UploadPart") ? "0" : "20000";
        var run = run(
                database,
                temp,
                request -> request.operation().equals(operation) && !request.isProbe()
                        ? taken(EMPTY_MD5)
                        : takesAll(request),
                "--upload-chunk-size",
                "5120",
                "--in-mem-max",
                "100",
                "--multipart-threshold",
                threshold);
        assertThat(run.exit()).as(run.said()).isEqualTo(ExitCode.OBJECTS_FAILED.number());
        assertThat(run.said()).contains("the store has other bytes than were sent");
        assertThat(marked(database)).isEqualTo("0");
    }

    @Test
    void giantsGoThroughWhereThePartsArriveAsSent(SourceDatabase database, @TempDir Path temp) throws Exception {
        database.insertGenerated(1, (5 << 20) + 1, "text/plain");
        String[] flags = {"--upload-chunk-size", "5120", "--in-mem-max", "100", "--multipart-threshold", "0"};
        // scripted lengths are those of an upload that the script has not seen: the answer to HEAD is told here
        var run = run(
                database,
                temp,
                request -> request.operation().equals("HeadObject")
                        ? bytes("HTTP/1.1 200 OK\r\nContent-Length: " + ((5 << 20) + 1) + "\r\n\r\n")
                        : takesAll(request),
                flags);
        assertThat(run.exit()).as(run.said()).isEqualTo(ExitCode.ALL_MIGRATED.number());
        assertThat(run.said()).contains(WARNING);
    }

    /** Bytes that a second try brings over are stored after all. */
    @Test
    void bytesThatArriveOtherwiseOnceAreSentAgain(SourceDatabase database, @TempDir Path temp) throws Exception {
        database.insertGenerated(1, 1000, "text/plain");
        var left = new AtomicInteger(1);
        var run = run(
                database,
                temp,
                request -> hasContent(request) && !request.isProbe() && left.getAndDecrement() > 0
                        ? taken(EMPTY_MD5)
                        : takesAll(request));
        assertThat(run.exit()).as(run.said()).isEqualTo(ExitCode.ALL_MIGRATED.number());
    }

    @Test
    void storeThatVerifiesNothingAndWhoseEtagsAreNoHashesIsRefused(SourceDatabase database, @TempDir Path temp)
            throws Exception {
        database.insertGenerated(1, 1000, "text/plain");
        var run = run(database, temp, request -> hasContent(request) ? taken("0123456789abcdef") : null);
        assertThat(run.exit()).as(run.said()).isEqualTo(ExitCode.REFUSED.number());
        assertThat(run.said()).contains("its ETags are no MD5").contains("--store-verification off");
        assertThat(probesSeen()).endsWith("DeleteObject");
        assertThat(marked(database)).isEqualTo("0");
    }

    /** A busy store may refuse any request: its first refusal does not show that it looked at the bytes. */
    @Test
    void oneRefusalIsNoProofThatTheStoreVerifies(SourceDatabase database, @TempDir Path temp) throws Exception {
        database.insertGenerated(1, 1000, "text/plain");
        var busy = new AtomicInteger(1);
        var run = run(
                database,
                temp,
                request -> !request.asSigned() && busy.getAndDecrement() > 0
                        ? bytes(error("503 Slow Down", "SlowDown", "later"))
                        : takesAll(request));
        assertThat(run.exit()).as(run.said()).isEqualTo(ExitCode.ALL_MIGRATED.number());
        assertThat(run.said()).contains(WARNING);
        assertThat(probesSeen())
                .startsWith(
                        "PutObject",
                        "PutObject wrong-1",
                        "PutObject-2",
                        "DeleteObject-2",
                        "PutObject wrong-3",
                        "DeleteObject-3",
                        "DeleteObject");
    }

    @Test
    void runIsRefusedWhereTheWrongProbeGetsNoAnswer(SourceDatabase database, @TempDir Path temp) throws Exception {
        database.insertGenerated(1, 1000, "text/plain");
        var run = run(database, temp, request -> request.asSigned() ? null : new byte[0]);
        assertThat(run.exit()).as(run.said()).isEqualTo(ExitCode.REFUSED.number());
        assertThat(run.said()).contains("cannot find out whether the store verifies");
        assertThat(probesSeen()).endsWith("DeleteObject");
    }

    @Test
    void operatorMayTrustAStore(SourceDatabase database, @TempDir Path temp) throws Exception {
        database.insertGenerated(1, 1000, "text/plain");
        var run = run(
                database,
                temp,
                request -> hasContent(request) ? taken("0123456789abcdef") : null,
                "--store-verification",
                "off");
        assertThat(run.exit()).as(run.said()).isEqualTo(ExitCode.ALL_MIGRATED.number());
        assertThat(run.said()).contains("--store-verification off: lo-migrate trusts the store");
        assertThat(probesSeen()).startsWith("PutObject", "DeleteObject");
    }
}
